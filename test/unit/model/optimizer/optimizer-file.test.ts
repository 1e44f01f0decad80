import { describe, expect, it } from 'vitest'
import type { ArchitectureConfig } from '../../../../model/architecture/config.ts'
import { listTrained } from '../../../../model/architecture/low-rank.ts'
import { listParameters, sizeOf } from '../../../../model/architecture/parameters.ts'
import { encodeSafetensors } from '../../../../model/checkpoint/safetensors.ts'
import { type AdamWState, createAdamWState } from '../../../../model/optimizer/adamw.ts'
import { decodeOptimizer, encodeOptimizerInPieces } from '../../../../model/optimizer/optimizer-file.ts'
import { createRandom, smallConfig } from '../small-policy.ts'

const config = smallConfig()

const encode = (of: ArchitectureConfig, state: AdamWState): Uint8Array =>
  Buffer.concat([...encodeOptimizerInPieces(of, state)])

function someState(): AdamWState {
  const random = createRandom(8)
  const state = createAdamWState(listParameters(config).map(({ shape }) => sizeOf(shape)))
  for (const data of [...state.first, ...state.second]) data.set(data.map(random))
  state.first[2][3] = -0.25
  return { ...state, step: 7, beta1Power: 0.9 * 0.9 * 0.9, beta2Power: 0.98 * 0.98 * 0.98 }
}

describe('an optimiser state', () => {
  it('survives its file to the bit, powers included', () => {
    const state = someState()
    expect(decodeOptimizer(config, encode(config, state))).toEqual(state)
  })

  it('of adapters holds these alone, and their rank', () => {
    const sizes = listTrained(config, 3).map(({ shape }) => sizeOf(shape))
    const state = { ...createAdamWState(sizes, 3), step: 2, beta1Power: 0.81, beta2Power: 0.9604 }
    state.first[4][1] = 0.5
    expect(decodeOptimizer(config, encode(config, state))).toEqual(state)
    expect(() => decodeOptimizer(config, encode(config, { ...state, rank: 2 }))).toThrow(
      expect.objectContaining({ code: 'OPTIMIZER_STATE_INVALID' }),
    )
  })

  it.each<[string, (state: AdamWState) => Uint8Array]>([
    ['of another architecture', (state) => encode(smallConfig({ num_hidden_layers: 1 }), state)],
    ['cut short', (state) => encode(config, state).subarray(0, 900)],
    ['without its scalars', () => encodeSafetensors(new Map())],
    ['before the first step', (state) => encode(config, { ...state, step: -1 })],
    ['with a power above 1', (state) => encode(config, { ...state, beta2Power: 2 })],
    ['with a power that is no number', (state) => encode(config, { ...state, beta1Power: NaN })],
    [
      'with a negative second moment',
      (state) => {
        state.second[1][0] = -1
        return encode(config, state)
      },
    ],
    [
      'with a moment that is not finite',
      (state) => {
        state.first[0][0] = Infinity
        return encode(config, state)
      },
    ],
  ])('%s is refused', (_, write) => {
    expect(() => decodeOptimizer(config, write(someState()))).toThrow(
      expect.objectContaining({ code: 'OPTIMIZER_STATE_INVALID' }),
    )
  })
})
