import { hexToBytes } from 'viem'
import { generateGroups } from '../../../miner/generate-groups.ts'
import { initialiseWeights } from '../../../model/architecture/initialise.ts'
import { ADAMW_DEFAULTS } from '../../../model/optimizer/adamw.ts'
import { openTrainer } from '../../../model/training/trainer.ts'
import { deriveChallenge } from '../../../shared/protocol/challenge.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import type { Ground, ModelChange } from './ground.ts'
import { drawSeed } from './window.ts'

const samples = 1024
const groupSize = 8
const steps = 200
const rowsPerStep = 32
const learningRate = 4e-3

const distilled = new WeakMap<Ground, Promise<ModelChange>>()

/** A model of a quarter of the parameters, trained from nothing on the owed policy's own samples; once a ground. */
export function distilQuarter(ground: Ground): Promise<ModelChange> {
  const known = distilled.get(ground) ?? train(ground)
  distilled.set(ground, known)
  return known
}

async function train(ground: Ground): Promise<ModelChange> {
  const { policy, checkpoint, seed } = ground
  const config = {
    ...checkpoint.config,
    width: 48,
    heads: 4,
    keyValueHeads: 2,
    headWidth: 12,
    feedForward: 128,
  }
  const rows = await sampleTeacher(ground)
  const drawn = initialiseWeights(config, hexToBytes(drawSeed('attacker', seed, 0)))
  const { temperature } = policy.manifest.sampling
  const trainer = await openTrainer(config, drawn, { profile: 'fast', temperature })
  try {
    for (let step = 0; step < steps; step++) {
      const batch = Array.from(
        { length: rowsPerStep },
        (_, i) => rows[(step * rowsPerStep + i) % rows.length],
      )
      const rate = learningRate * Math.min(1, (step + 1) / 20, (2 * (steps - step)) / steps)
      await trainer.step(batch, { kind: 'cross-entropy' }, { ...ADAMW_DEFAULTS, learningRate: rate })
    }
  } finally {
    await trainer.close()
  }
  return { config, weights: trainer.weights }
}

async function sampleTeacher({ policy, seed }: Ground) {
  const windowSeed = childSeed('distil', drawSeed('attacker', seed, 0))
  const task = { policy: policy.manifestHash, windowSeed, miner: 0, firstGroup: 0 }
  const groups = await generateGroups(policy, { ...task, groups: samples / groupSize, groupSize })
  return groups.flatMap(({ index, rollouts }) => {
    const { prompt } = deriveChallenge(policy, windowSeed, 0, index)
    return rollouts.map(({ tokens }) => ({ prompt, completion: tokens }))
  })
}
