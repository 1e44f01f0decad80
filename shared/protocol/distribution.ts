/** What the policy says of one position. Views of length V (vocabulary), valid only during the callback. */
export interface Distribution {
  /** float32 logits, before temperature. */
  readonly logits: Float32Array
  /** float32 softmax of logits / temperature, as the graph gives it. */
  readonly probabilities: Float32Array
  /** float32 log-softmax of logits / temperature, as the graph gives it. */
  readonly logProbabilities: Float32Array
}
