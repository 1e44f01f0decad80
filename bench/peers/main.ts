/**
 * node --disable-warning=ExperimentalWarning bench/peers/main.ts
 *
 * What other schemes' acceptance rules make of a handful of miners: one window each, of the same policy, all rules
 * on the same rollouts. `npm run attacks` asks them about every attack.
 */
import Table from 'cli-table3'
import { generateGroups } from '../../miner/generate-groups.ts'
import { decodeBundle } from '../../shared/protocol/bundle.ts'
import { deriveChallenge } from '../../shared/protocol/challenge.ts'
import type { Group } from '../../shared/protocol/rollout.ts'
import { type Ground, prepareGround } from '../../test/attacks/arena/ground.ts'
import { impostorMiner } from '../../test/attacks/arena/impostor.ts'
import { type MinerProgram, minerFrom, type Submission } from '../../test/attacks/arena/miner-program.ts'
import { bestOfFour } from '../../test/attacks/miners/best-of-four.ts'
import { cool } from '../../test/attacks/miners/cool.ts'
import { distilled } from '../../test/attacks/miners/distilled.ts'
import { copiedRollout, resampledToken } from '../../test/attacks/miners/edited-samples.ts'
import { greedy } from '../../test/attacks/miners/greedy.ts'
import { int4Weights, int8Weights } from '../../test/attacks/miners/rounded-weights.ts'
import { borrowedSketches, randomSketches, zeroSketches } from '../../test/attacks/miners/sketches.ts'
import { stale } from '../../test/attacks/miners/stale.ts'
import { forgedAnswer, forgedReasoning } from '../../test/attacks/miners/written-answers.ts'
import { peerRules } from './compare.ts'
import { examineRollouts } from './examine.ts'
import type { ExaminedRollout } from './peer-rule.ts'
import { calibrateDivergence, divergenceLimits, divergenceMargins } from './token-divergence.ts'
import { bfloat16Bits } from './toploc.ts'

const miner = 3

const conditions: readonly { readonly name: string; start(ground: Ground): Promise<MinerProgram> }[] = [
  {
    name: 'honest',
    start: async (ground) => minerFrom(ground, (task) => generateGroups(ground.policy, task)),
  },
  { name: 'honest, bfloat16 weights', start: startHalf },
  zeroSketches,
  randomSketches,
  borrowedSketches,
  int8Weights,
  int4Weights,
  ...stale,
  distilled,
  cool,
  greedy,
  bestOfFour,
  resampledToken,
  copiedRollout,
  forgedAnswer,
  forgedReasoning,
]

const ground = await prepareGround({ profile: 'fast', seed: 1, groups: 16 })
const table = new Table({
  head: ['share of rollouts accepted', 'as owed', ...peerRules.map(({ name }) => name)],
  style: { head: [], border: [] },
  wordWrap: true,
  colWidths: [32, 9, ...peerRules.map(() => 18)],
})
try {
  const owed = await ground.owed(0, miner)
  for (const { name, start } of conditions) {
    const program = await start(ground)
    const task = { window: 0, windowSeed: ground.windowSeed(0), miner }
    const groups = await readGroups((await program.answer(task)) as Submission)
    const examined = await examine(program, groups)
    const shares = peerRules.map(({ accepts }) => examined.filter((rollout) => accepts(rollout)).length)
    const asOwed = examined.filter(({ group, index, rollout }) => {
      return rollout.tokens.join() === owed[group].rollouts[index].tokens.join()
    }).length
    table.push([name, ...[asOwed, ...shares].map((count) => (count / examined.length).toFixed(3))])
    if (name.startsWith('honest,')) printCalibration(examined)
  }
  console.log(table.toString())
} finally {
  await ground.close()
}

/** What an honest miner on other hardware would run. */
async function startHalf(ground: Ground): Promise<MinerProgram> {
  const bits = new DataView(new ArrayBuffer(4))
  const round = (value: number): number => {
    bits.setUint32(0, bfloat16Bits(value) * 2 ** 16)
    return bits.getFloat32(0)
  }
  const tensors = [...ground.checkpoint.weights].map(
    ([name, tensor]) => [name, { ...tensor, data: tensor.data.map(round) }] as const,
  )
  return impostorMiner(ground, { weights: new Map(tensors) })
}

async function readGroups({ serve }: Submission): Promise<readonly Group[]> {
  const { rules, policy } = ground
  const bytes = (await serve(0, ground.auditSeed(0))) as Uint8Array
  const { maxTokens } = policy.manifest.sampling
  const { value: bundle } = decodeBundle(bytes, { rules, maxTokens, vocabulary: policy.session.vocabulary })
  return bundle?.groups ?? []
}

async function examine(program: MinerProgram, groups: readonly Group[]): Promise<ExaminedRollout[]> {
  const windowSeed = ground.windowSeed(0)
  const cases = groups.flatMap(({ index, rollouts }) => {
    const { prompt } = deriveChallenge(ground.policy, windowSeed, miner, index)
    return rollouts.map((rollout, r) => ({ windowSeed, miner, group: index, index: r, prompt, rollout }))
  })
  return examineRollouts(cases, {
    owed: await ground.inspect(ground.policy),
    run: await ground.inspect(program.model ?? ground.policy),
    proof: program.proof ?? 'computed',
  })
}

function printCalibration(honest: readonly ExaminedRollout[]): void {
  const { clip, threshold } = calibrateDivergence(honest.map(divergenceMargins))
  const used = `clip ${divergenceLimits.clip}, threshold ${divergenceLimits.threshold}`
  console.log(
    `DiFR limits of ${honest.length} bfloat16 rollouts: clip ${clip}, threshold ${threshold}; used: ${used}`,
  )
}
