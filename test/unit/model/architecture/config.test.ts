import { describe, expect, it } from 'vitest'
import { formatConfig, parseConfig } from '../../../../model/architecture/config.ts'
import { countParameters } from '../../../../model/architecture/parameters.ts'
import { smallConfig } from '../small-policy.ts'

const published = {
  model_type: 'qwen2',
  hidden_act: 'silu',
  hidden_size: 896,
  intermediate_size: 4864,
  max_position_embeddings: 32768,
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  sliding_window: 32768,
  tie_word_embeddings: true,
  use_sliding_window: false,
  vocab_size: 151936,
}

describe('config.json', () => {
  it('is read as published for Qwen2.5-0.5B', () => {
    const config = parseConfig(published)
    expect(config).toMatchObject({ headWidth: 64, attentionBias: true, queryKeyNorm: false, tiedHead: true })
    expect(countParameters(config)).toBe(494_032_768)
  })

  it('comes back from what is written', () => {
    for (const config of [
      smallConfig(),
      smallConfig({ model_type: 'qwen2' }),
      smallConfig({ model_type: 'qwen3' }),
    ]) {
      expect(parseConfig(JSON.parse(formatConfig(config)))).toEqual(config)
    }
  })

  it.each([
    ['model_type', { model_type: 'gemma3' }],
    ['hidden_act', { hidden_act: 'gelu' }],
    ['rope_scaling', { rope_scaling: { rope_type: 'llama3' } }],
    ['use_sliding_window', { use_sliding_window: true }],
    ['hidden_size', { hidden_size: 0 }],
    ['hidden_size', { hidden_size: 1e12 }],
    ['hidden_size', { hidden_size: 54, head_dim: 64 }],
    ['head_dim', { head_dim: 6 }],
    ['num_key_value_heads', { num_key_value_heads: 3 }],
    ['num_hidden_layers', { num_hidden_layers: 1.5 }],
    ['vocab_size', { vocab_size: '420' }],
    ['rms_norm_eps', { rms_norm_eps: -1 }],
  ])('is refused by the name of %s', (field, change) => {
    expect(() => parseConfig({ ...published, ...change })).toThrowError(
      expect.objectContaining({
        code: 'POLICY_ARCHITECTURE_UNSUPPORTED',
        details: expect.objectContaining({ field }),
      }),
    )
  })

  it.each([null, 'llama', []])('is refused when it is %j', (json) => {
    expect(() => parseConfig(json)).toThrowError(
      expect.objectContaining({ code: 'POLICY_ARCHITECTURE_UNSUPPORTED' }),
    )
  })
})
