import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { sha256 } from 'viem'
import { encodeGroup, encodeItems, headerOf } from '../../../shared/protocol/bundle.ts'
import { commitmentRoot } from '../../../shared/protocol/commitment.ts'
import type { MinerAttack } from '../arena/attack.ts'
import type { Ground } from '../arena/ground.ts'
import { bundleOf, type MinerProgram, submitBytes } from '../arena/miner-program.ts'

type CborRollout = Record<string, unknown>

/** Honest groups whose canonical bytes are changed before the commitment is made of them. */
function rewritten(
  ground: Ground,
  change: (rollout: CborRollout) => void,
  patch = (bytes: Uint8Array): Uint8Array => bytes,
): MinerProgram {
  return {
    async answer(task) {
      const bundle = bundleOf(ground, task, await ground.owed(task.window, task.miner))
      const groups = bundle.groups.map((group) => {
        const open = decode(encodeGroup(group)) as { rollouts: CborRollout[] }
        open.rollouts.forEach(change)
        return patch(encode(open, rfc8949EncodeOptions))
      })
      const header = headerOf(bundle, groups)
      const bytes = encodeItems(header, groups)
      return submitBytes(bytes, { root: commitmentRoot(header, sha256(bytes)), groups: groups.length })
    },
  }
}

/** Sends tokens twice under one key: a reader that keeps the first sees other ones than a reader of the last. */
export const splitTokens: MinerAttack = {
  name: 'token split',
  kind: 'bundle',
  gains: 'proof of one text, reward of another',
  caughtBy: 'BUNDLE_MALFORMED',
  start: async (ground) =>
    rewritten(
      ground,
      (rollout) => {
        rollout.tokenz = [...(rollout.tokens as number[])].reverse()
      },
      (bytes) => Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('tokenz', 'tokens'), 'latin1'),
    ),
}

/** Declares which tokens the learner should leave out, with spans that end before they begin. */
export const learnerMask: MinerAttack = {
  name: 'hostile metadata for the learner',
  kind: 'bundle',
  gains: 'steers or crashes the learner',
  caughtBy: 'BUNDLE_MALFORMED',
  start: async (ground) =>
    rewritten(ground, (rollout) => {
      rollout.mask = [[2 ** 31, -1]]
    }),
}

/** Not a number where a log-probability should be: it passes every check of the form "not greater than". */
export const notANumber: MinerAttack = {
  name: 'log-probabilities that are no numbers',
  kind: 'bundle',
  gains: 'skips a check, crashes the learner',
  caughtBy: 'BUNDLE_OUT_OF_BOUNDS',
  start: async (ground) =>
    rewritten(ground, (rollout) => {
      const { length } = rollout.logprobs as Uint8Array
      rollout.logprobs = new Uint8Array(length).fill(0xff)
    }),
}
