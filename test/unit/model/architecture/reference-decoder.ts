import type { ArchitectureConfig } from '../../../../model/architecture/config.ts'
import type { WeightTensors } from '../../../../model/architecture/inference-graphs.ts'

/** Loops in float64, written from the published definition: an oracle for the graphs. Logits [s, V]. */
export function referenceLogits(
  config: ArchitectureConfig,
  weights: WeightTensors,
  tokens: number[],
): number[][] {
  const get = (name: string): Float32Array => {
    const tensor = weights.get(name)
    if (tensor === undefined) throw new Error(`no ${name}`)
    return tensor.data
  }
  const project = (x: number[], name: string, size: number): number[] => {
    const matrix = get(name)
    return Array.from({ length: size }, (_, o) =>
      x.reduce((sum, value, i) => sum + value * matrix[o * x.length + i], 0),
    )
  }
  const normalise = (x: number[], name: string): number[] => {
    const rms = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + config.normEpsilon)
    return x.map((value, i) => (value / rms) * get(name)[i])
  }
  const rotate = (x: number[], position: number): number[] => {
    const half = x.length / 2
    return x.map((value, i) => {
      const angle = position * config.rotaryBase ** (-(i % half) / half)
      const partner = i < half ? -x[i + half] : x[i - half]
      return value * Math.cos(angle) + partner * Math.sin(angle)
    })
  }
  const heads = (x: number[], count: number): number[][] =>
    Array.from({ length: count }, (_, h) => x.slice(h * config.headWidth, (h + 1) * config.headWidth))

  let hidden = tokens.map((token) =>
    Array.from(get('model.embed_tokens.weight').subarray(token * config.width, (token + 1) * config.width)),
  )
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`
    const qkv = hidden.map((x, position) => {
      const normal = normalise(x, `${at}.input_layernorm.weight`)
      const make = (kind: string, count: number): number[][] => {
        let y = project(normal, `${at}.self_attn.${kind}_proj.weight`, count * config.headWidth)
        if (config.attentionBias) y = y.map((value, i) => value + get(`${at}.self_attn.${kind}_proj.bias`)[i])
        return heads(y, count)
      }
      const place = (kind: string, count: number): number[][] =>
        make(kind, count).map((head) =>
          rotate(
            config.queryKeyNorm ? normalise(head, `${at}.self_attn.${kind}_norm.weight`) : head,
            position,
          ),
        )
      return {
        q: place('q', config.heads),
        k: place('k', config.keyValueHeads),
        v: make('v', config.keyValueHeads),
      }
    })
    hidden = hidden.map((x, position) => {
      const merged = qkv[position].q.flatMap((query, h) => {
        const shared = Math.floor(h / (config.heads / config.keyValueHeads))
        const past = qkv.slice(0, position + 1)
        const scores = past.map(({ k }) => dot(query, k[shared]) / Math.sqrt(config.headWidth))
        const peak = Math.max(...scores)
        const shares = scores.map((score) => Math.exp(score - peak))
        const total = shares.reduce((sum, share) => sum + share, 0)
        return query.map((_, d) =>
          past.reduce((sum, { v }, j) => sum + (shares[j] / total) * v[shared][d], 0),
        )
      })
      const attended = project(merged, `${at}.self_attn.o_proj.weight`, config.width)
      return x.map((value, i) => value + attended[i])
    })
    hidden = hidden.map((x) => {
      const normal = normalise(x, `${at}.post_attention_layernorm.weight`)
      const gate = project(normal, `${at}.mlp.gate_proj.weight`, config.feedForward)
      const up = project(normal, `${at}.mlp.up_proj.weight`, config.feedForward)
      const active = gate.map((z, i) => (z / (1 + Math.exp(-z))) * up[i])
      const down = project(active, `${at}.mlp.down_proj.weight`, config.width)
      return x.map((value, i) => value + down[i])
    })
  }
  const head = config.tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight'
  return hidden.map((x) => project(normalise(x, 'model.norm.weight'), head, config.vocabulary))
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0)
}
