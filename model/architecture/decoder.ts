import { embed, rmsNorm, rotate, selectRows, swiglu } from '../autodiff/composites.ts'
import { add, matmul, reshape, shift, softmax, transpose } from '../autodiff/primitives.ts'
import type { Scope } from '../autodiff/tape.ts'
import type { Value } from '../graph/graph.ts'
import * as raw from '../graph/operations.ts'
import type { ArchitectureConfig } from './config.ts'
import { EMBEDDING, FINAL_NORM, HEAD } from './parameters.ts'

/** Where a graph takes its weights from: initialisers to decode and score, inputs to train. */
export interface Weights {
  /** A tensor as stored. */
  tensor(name: string): Value
  /** x [..., in] times a linear weight that is stored as [out, in]. */
  project(x: Value, name: string): Value
}

/** What differs between decoding, scoring and training: positions, visibility and the memory of earlier tokens. */
export interface Pass {
  /** [b, s], int32. */
  readonly tokens: Value
  /** Rotary tables at the positions of the tokens, [b or 1, s, 1, headWidth]. */
  readonly cosine: Value
  readonly sine: Value
  /** Added to attention scores: 0 where a query may look, very negative elsewhere. [b or 1, 1, queryRows, c]. */
  readonly mask: Value
  /**
   * How often each query is repeated in attention. A product with a single query row takes another kernel and
   * gives other bits, so a graph that may see one token at a time repeats it unless query groups already do.
   */
  readonly queryCopies: 1 | 2
  /** Keys and values [b, h, s, d] of this pass → those to attend to, [b, h, c, d]. */
  remember(layer: number, keys: Value, values: Value): { keys: Value; values: Value }
}

/** Logits [n, V] at the positions `rows` [n] of the flattened [b s] tokens. */
export function decoder(
  scope: Scope,
  config: ArchitectureConfig,
  weights: Weights,
  pass: Pass,
  rows: Value,
): Value {
  return decoderHead(config, weights, decoderBody(scope, config, weights, pass, rows))
}

/** Logits [n, V] of final hidden states [n, width]. */
export function decoderHead(config: ArchitectureConfig, weights: Weights, hidden: Value): Value {
  return weights.project(hidden, config.tiedHead ? EMBEDDING : HEAD)
}

/** Final hidden states [n, width], normalised, at the positions `rows` [n] of the flattened [b s] tokens. */
export function decoderBody(
  scope: Scope,
  config: ArchitectureConfig,
  weights: Weights,
  pass: Pass,
  rows: Value,
): Value {
  const { normEpsilon } = config
  const turns = { keys: pass, queries: scaleRotary(scope, config, pass) }
  let hidden = embed(scope, weights.tensor(EMBEDDING), pass.tokens)
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`
    const toAttend = rmsNorm(scope, hidden, weights.tensor(`${prefix}.input_layernorm.weight`), normEpsilon)
    hidden = add(scope, hidden, attention(scope, config, weights, pass, turns, layer, toAttend))
    const norm = weights.tensor(`${prefix}.post_attention_layernorm.weight`)
    hidden = add(
      scope,
      hidden,
      feedForward(scope, weights, prefix, rmsNorm(scope, hidden, norm, normEpsilon)),
    )
  }
  const selected = selectRows(scope, hidden, rows)
  return rmsNorm(scope, selected, weights.tensor(FINAL_NORM), normEpsilon)
}

/** cosine and sine [b or 1, s, 1, headWidth]. */
type Rotary = Pick<Pass, 'cosine' | 'sine'>

/** Attention's 1 / sqrt(headWidth), moved from every query to the small tables that turn them. */
function scaleRotary(scope: Scope, config: ArchitectureConfig, { cosine, sine }: Rotary): Rotary {
  const root = raw.scalar(scope.graph, 1 / Math.sqrt(config.headWidth))
  return {
    cosine: raw.multiply(scope.graph, cosine, root),
    sine: raw.multiply(scope.graph, sine, root),
  }
}

function feedForward(scope: Scope, weights: Weights, prefix: string, x: Value): Value {
  const gate = weights.project(x, `${prefix}.mlp.gate_proj.weight`)
  const up = weights.project(x, `${prefix}.mlp.up_proj.weight`)
  return weights.project(swiglu(scope, gate, up), `${prefix}.mlp.down_proj.weight`)
}

/** Grouped-query attention; the queries of a group are folded into rows of one product. */
function attention(
  scope: Scope,
  config: ArchitectureConfig,
  weights: Weights,
  pass: Pass,
  turns: { readonly keys: Rotary; readonly queries: Rotary },
  layer: number,
  x: Value,
): Value {
  const { heads, keyValueHeads, headWidth } = config
  const prefix = `model.layers.${layer}.self_attn`
  const group = heads / keyValueHeads

  const project = (name: string, count: number): Value => {
    let y = weights.project(x, `${prefix}.${name}_proj.weight`)
    if (config.attentionBias) y = add(scope, y, weights.tensor(`${prefix}.${name}_proj.bias`))
    const shape = [...x.shape.slice(0, 2), count, headWidth]
    return reshape(scope, y, [0, 0, count, headWidth], shape, [0, 0, count * headWidth])
  }
  const place = (name: string, count: number, { cosine, sine }: Rotary): Value => {
    const y = project(name, count)
    if (!config.queryKeyNorm) return rotate(scope, y, cosine, sine)
    const norm = weights.tensor(`${prefix}.${name}_norm.weight`)
    return rotate(scope, rmsNorm(scope, y, norm, config.normEpsilon), cosine, sine)
  }

  const keys = transpose(scope, place('k', keyValueHeads, turns.keys), [0, 2, 1, 3])
  const values = transpose(scope, project('v', keyValueHeads), [0, 2, 1, 3])
  const memory = pass.remember(layer, keys, values)

  const queries = foldQueries(scope, place('q', heads, turns.queries), keyValueHeads, group)
  const repeated = pass.queryCopies === 1 ? queries : repeatQueries(scope, queries)
  const scores = matmul(scope, repeated, transpose(scope, memory.keys, [0, 1, 3, 2]))
  const attended = matmul(scope, softmax(scope, shift(scope, scores, pass.mask)), memory.values)
  const single = pass.queryCopies === 1 ? attended : takeFirstCopy(scope, attended, queries)
  const merged = unfoldQueries(scope, single, x, keyValueHeads, group)
  return weights.project(merged, `${prefix}.o_proj.weight`)
}

/** [b, s, heads, d] → [b, keyValueHeads, group * s, d]. */
function foldQueries(scope: Scope, queries: Value, keyValueHeads: number, group: number): Value {
  const [b, s, heads, d] = queries.shape as [string, string, number, number]
  const grouped = reshape(
    scope,
    queries,
    [0, 0, keyValueHeads, group, d],
    [b, s, keyValueHeads, group, d],
    [0, 0, heads, d],
  )
  const ordered = transpose(scope, grouped, [0, 2, 3, 1, 4])
  return reshape(
    scope,
    ordered,
    [0, keyValueHeads, -1, d],
    [b, keyValueHeads, 'queryRows', d],
    [0, keyValueHeads, group, -1, d],
  )
}

/** [b, keyValueHeads, group * s, d] → [b, s, heads * d]. */
function unfoldQueries(
  scope: Scope,
  folded: Value,
  like: Value,
  keyValueHeads: number,
  group: number,
): Value {
  const [b, s] = like.shape as [string, string]
  const d = folded.shape[3] as number
  const grouped = reshape(
    scope,
    folded,
    [0, keyValueHeads, group, -1, d],
    [b, keyValueHeads, group, s, d],
    [0, keyValueHeads, -1, d],
  )
  const ordered = transpose(scope, grouped, [0, 3, 1, 2, 4])
  const width = keyValueHeads * group * d
  return reshape(scope, ordered, [0, 0, width], [b, s, width], [0, 0, keyValueHeads, group, d])
}

/** Not differentiable: only decoding sees single rows. */
function repeatQueries(scope: Scope, queries: Value): Value {
  return raw.concatenate(scope.graph, [queries, queries], 2, 'queryRows')
}

function takeFirstCopy(scope: Scope, attended: Value, queries: Value): Value {
  const { graph } = scope
  const [b, h, , d] = queries.shape as [string, number, string, number]
  const copies = raw.reshape(graph, attended, [0, h, 2, -1, d], [b, h, 2, 'queryRows', d])
  const first = raw.gather(graph, copies, raw.index(graph, 0), 2)
  return { ...first, shape: queries.shape }
}
