/** This program's miner: owed tokens, their log-probabilities and sketches, as `miner/generate-groups.ts` computes them. */
import { keccak256, stringToBytes } from 'viem'
import { drawRollouts } from '../../miner/draw-rollouts.ts'
import { sketchRollout } from '../../miner/generate-groups.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { openSession } from '../../model/runtime/open-session.ts'
import type { PolicySession } from '../../model/session.ts'
import { samplingUniforms } from '../../shared/protocol/sampling.ts'
import { compete } from './compete.ts'

const task = { windowSeed: keccak256(stringToBytes('model bench')), miner: 0 }
/** No token has this id: every row is as long as it was asked to be. */
const endToken = -1

await compete(async ({ weights, threads }) => {
  const checkpoint = await readCheckpoint(weights)
  const { manifest } = checkpoint
  const session = await openSession(checkpoint, manifest.numerics.profile, { threads })
  let cpuMs = { draw: 0, sketch: 0, decode: 0 }
  return {
    async answer({ prompts, newTokens: maxTokens }, count) {
      const uniforms = prompts.map((_, row) =>
        samplingUniforms(task.windowSeed, task.miner, 0, row, maxTokens),
      )
      let startedMs = 0
      let drawMs = 0
      const watched: Pick<PolicySession, 'generate'> = {
        generate: (given, limits, choose) =>
          session.generate(given, limits, (row, step, at) => {
            const beforeMs = spentMs()
            const token = choose(row, step, at)
            if (step > 0) drawMs += spentMs() - beforeMs
            else startedMs = spentMs()
            count(row)
            return token
          }),
      }
      const drawn = await drawRollouts(watched, prompts, uniforms, { maxTokens, endToken })
      const drawnMs = spentMs()
      for (const [row, { tokens, logits }] of drawn.entries()) {
        sketchRollout({ manifest, session }, task, 0, row, tokens, logits)
      }
      cpuMs = { draw: drawMs, sketch: spentMs() - drawnMs, decode: spentMs() - startedMs }
    },
    read: () => ({
      drawPercent: (100 * cpuMs.draw) / cpuMs.decode,
      sketchPercent: (100 * cpuMs.sketch) / cpuMs.decode,
    }),
    close: () => session.close(),
  }
})

/** Processor time of all threads: other work on the machine does not count. */
function spentMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
