import { listParameters } from '../../../model/architecture/parameters.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { impostorMiner } from '../arena/impostor.ts'

/** Leaves out the last third of the layers. */
export const firstLayers: MinerAttack = {
  name: 'first layers only',
  kind: 'model',
  gains: '1/3 of the compute',
  caughtBy: 'TOKEN_NOT_OWED',
  start(ground) {
    const { config, weights } = ground.checkpoint
    const shorter = { ...config, layers: config.layers - Math.ceil(config.layers / 3) }
    const kept = new Set(listParameters(shorter).map(({ name }) => name))
    return impostorMiner(ground, {
      config: shorter,
      weights: new Map([...weights].filter(([name]) => kept.has(name))),
    })
  },
}
