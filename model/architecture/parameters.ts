import type { ArchitectureConfig } from './config.ts'

export interface ParameterSpec {
  /** Hugging Face tensor name. */
  readonly name: string
  /** Linear weights are [out, in], as Hugging Face stores them. */
  readonly shape: readonly number[]
  /** Norm weights start at 1, biases at 0, matrices at small noise; only matrices decay. */
  readonly kind: 'matrix' | 'norm' | 'bias'
}

export const EMBEDDING = 'model.embed_tokens.weight'
export const FINAL_NORM = 'model.norm.weight'
export const HEAD = 'lm_head.weight'

/** Every tensor of the policy in the order in which gradients and optimiser state are kept. */
export function listParameters(config: ArchitectureConfig): ParameterSpec[] {
  const { width, feedForward, headWidth } = config
  const specs: ParameterSpec[] = [{ name: EMBEDDING, shape: [config.vocabulary, width], kind: 'matrix' }]
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`
    const matrix = (name: string, output: number, input: number): void => {
      specs.push({ name: `${prefix}.${name}.weight`, shape: [output, input], kind: 'matrix' })
    }
    const vector = (name: string, size: number, kind: 'norm' | 'bias'): void => {
      specs.push({ name: `${prefix}.${name}`, shape: [size], kind })
    }
    const queries = config.heads * headWidth
    const keys = config.keyValueHeads * headWidth
    vector('input_layernorm.weight', width, 'norm')
    matrix('self_attn.q_proj', queries, width)
    matrix('self_attn.k_proj', keys, width)
    matrix('self_attn.v_proj', keys, width)
    if (config.attentionBias) {
      vector('self_attn.q_proj.bias', queries, 'bias')
      vector('self_attn.k_proj.bias', keys, 'bias')
      vector('self_attn.v_proj.bias', keys, 'bias')
    }
    if (config.queryKeyNorm) {
      vector('self_attn.q_norm.weight', headWidth, 'norm')
      vector('self_attn.k_norm.weight', headWidth, 'norm')
    }
    matrix('self_attn.o_proj', width, queries)
    vector('post_attention_layernorm.weight', width, 'norm')
    matrix('mlp.gate_proj', feedForward, width)
    matrix('mlp.up_proj', feedForward, width)
    matrix('mlp.down_proj', width, feedForward)
  }
  specs.push({ name: FINAL_NORM, shape: [width], kind: 'norm' })
  if (!config.tiedHead) specs.push({ name: HEAD, shape: [config.vocabulary, width], kind: 'matrix' })
  return specs
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

export function countParameters(config: ArchitectureConfig): number {
  return listParameters(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}
