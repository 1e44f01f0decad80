import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { encodeBundle } from '../../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../../shared/protocol/commitment.ts'
import type { MinerAttack } from '../arena/attack.ts'
import type { Ground } from '../arena/ground.ts'
import { bundleOf, type MinerProgram, submitBytes } from '../arena/miner-program.ts'

type CborRollout = Record<string, unknown>
interface CborBundle {
  groups: { rollouts: CborRollout[] }[]
}

/** An honest bundle whose canonical bytes are changed after the commitment was made of its meaning. */
function rewritten(
  ground: Ground,
  change: (bundle: CborBundle) => void,
  patch = (bytes: Uint8Array): Uint8Array => bytes,
): MinerProgram {
  return {
    async answer(task) {
      const bundle = bundleOf(ground, task, await ground.owed(task.window, task.miner))
      const open = decode(zstdDecompressSync(encodeBundle(bundle))) as CborBundle
      change(open)
      const bytes = patch(encode(open, rfc8949EncodeOptions))
      return submitBytes(new Uint8Array(zstdCompressSync(bytes)), commitmentOf(bundle))
    },
  }
}

function everyRollout(change: (rollout: CborRollout) => void) {
  return (bundle: CborBundle) => {
    for (const { rollouts } of bundle.groups) rollouts.forEach(change)
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
      everyRollout((rollout) => {
        rollout.tokenz = [...(rollout.tokens as number[])].reverse()
      }),
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
    rewritten(
      ground,
      everyRollout((rollout) => {
        rollout.mask = [[2 ** 31, -1]]
      }),
    ),
}

/** Not a number where a log-probability should be: it passes every check of the form "not greater than". */
export const notANumber: MinerAttack = {
  name: 'log-probabilities that are no numbers',
  kind: 'bundle',
  gains: 'skips a check, crashes the learner',
  caughtBy: 'BUNDLE_OUT_OF_BOUNDS',
  start: async (ground) =>
    rewritten(
      ground,
      everyRollout((rollout) => {
        const { length } = rollout.logprobs as Uint8Array
        rollout.logprobs = new Uint8Array(length).fill(0xff)
      }),
    ),
}
