import { zstdDecompressSync } from 'node:zlib'
import { generateGroups } from '../miner/generate-groups.ts'
import { openPolicies, type Policy } from '../model/policy.ts'
import { encodeBundle } from '../shared/protocol/bundle.ts'
import { deriveChallenge } from '../shared/protocol/challenge.ts'
import { commitmentOf } from '../shared/protocol/commitment.ts'
import type { Bundle, Group } from '../shared/protocol/rollout.ts'
import { directoryStore } from '../shared/store/directory-store.ts'
import { clock, peakMemoryMiB, watch } from './stopwatch.ts'
import { type Assignment, chainId, type MinerResult, miner, rules, seedOf, subnet, window } from './window.ts'

/** Groups answered at once, as miner/mine-window.ts does with 8 rollouts a group. */
const batch = 8

const assignment: Assignment = JSON.parse(process.argv[2])
const shelf = openPolicies({ checkpoints: [assignment.checkpoints], dataset: null })
const [opened, openMs] = await clock(() => shelf.open(assignment.policy))
const { policy, read } = watch(opened)
const windowSeed = seedOf('window', assignment.run)

await answer(policy, seedOf('warm-up', assignment.run), batch)
read()

const [groups, generationMs] = await clock(() => answer(policy, windowSeed, rules.maxGroups))
const inside = read()

const bundle: Bundle = { chainId, subnet, window, miner, policy: assignment.policy, groups }
const [bytes, encodeMs] = await clock(() => encodeBundle(bundle))
const [commitment, commitMs] = await clock(() => commitmentOf(bundle, bytes))
const [, storeMs] = await clock(() => directoryStore(assignment.bundles).put(bytes, commitment.root.slice(2)))
const peakMiB = peakMemoryMiB()

const rollouts = groups.flatMap((group) => group.rollouts)
const tokens = rollouts.reduce((sum, rollout) => sum + rollout.tokens.length, 0)
const [, bareMs] = await clock(() => decodeOnly(policy, groups))

const result: MinerResult = {
  runtime: policy.manifest.runtime,
  vocabulary: policy.session.vocabulary,
  committed: { chainId, subnet, window, miner, policy: assignment.policy, ...commitment },
  figures: {
    openMs,
    challengeMs: inside.challengeMs,
    decodeMs: inside.sessionMs,
    sampleMs: inside.callbackMs,
    rewardMs: inside.judgeMs,
    sketchMs: generationMs - Object.values(inside).reduce((sum, ms) => sum + ms, 0),
    encodeMs,
    commitMs,
    storeMs,
    generatedTokensPerSecond: (1000 * tokens) / generationMs,
    bareDecodingTokensPerSecond: (1000 * tokens) / bareMs,
    tokensPerRollout: tokens / rollouts.length,
    sketchBytesPerToken: rollouts.reduce((sum, { sketches }) => sum + sketches.byteLength, 0) / tokens,
    bundleBytesPerRollout: bytes.length / rollouts.length,
    canonicalBytesPerRollout: zstdDecompressSync(bytes).length / rollouts.length,
    minerPeakMiB: peakMiB,
  },
}
console.log(JSON.stringify(result))
await shelf.close()

async function answer(by: Policy, seed: Bundle['policy'], count: number): Promise<Group[]> {
  const done: Group[] = []
  while (done.length < count) {
    const task = { policy: assignment.policy, windowSeed: seed, miner, groupSize: rules.groupSize }
    const size = Math.min(batch, count - done.length)
    done.push(...(await generateGroups(by, { ...task, firstGroup: done.length, groups: size })))
  }
  return done
}

/** The limit that generation is compared with: the engine decoding the same tokens, nothing drawn or sketched. */
async function decodeOnly(by: Policy, all: readonly Group[]) {
  for (let from = 0; from < all.length; from += batch) {
    const rows = all.slice(from, from + batch).flatMap(({ index, rollouts }) => {
      const { prompt } = deriveChallenge(by, windowSeed, miner, index)
      return rollouts.map(({ tokens }) => ({ prompt, tokens }))
    })
    const prompts = rows.map(({ prompt }) => prompt)
    await by.session.generate(prompts, by.manifest.sampling, (row, step) => rows[row].tokens[step])
  }
}
