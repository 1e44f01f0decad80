/** What one contestant is asked for, in a process of its own. Plain data. */
export interface Assignment {
  /** Rows answered at once: token ids of equally long prompts. */
  readonly prompts: readonly (readonly number[])[]
  /** Tokens a row, whatever the model says: an end token ends nothing here. */
  readonly newTokens: number
  readonly threads: number
  /** The directory or file that holds this contestant's weights. */
  readonly weights: string
  /** Where `npm install` put the other engines. */
  readonly peers: string
}

export interface Contestant {
  readonly name: string
  /** Module of this folder that takes an assignment as its only argument and prints figures. */
  readonly module: string
  readonly weights: string
}
