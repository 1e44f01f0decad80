import { readFileSync } from 'node:fs'
import { type Hex, hexToBytes, zeroHash } from 'viem'
import { hashManifest, type Manifest } from '../../model/checkpoint/manifest.ts'
import { tokenTableOf } from '../../model/tokenizer/token-table.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { PPM } from '../../shared/environments/environment.ts'
import { sat, writeAssignment } from '../../shared/environments/sat.ts'
import type { Bundle } from '../../shared/protocol/rollout.ts'
import { childSeed } from '../../shared/protocol/seed.ts'

const models = new URL('../../models/default/', import.meta.url)
export const satTokenizer = readFileSync(new URL('tokenizer.json', models), 'utf8')
const tokenizer = loadTokenizer(satTokenizer)
const plain = JSON.parse(readFileSync(new URL('manifest.json', models), 'utf8')) as Manifest

/** The default policy, asked for SAT: weights do not matter to what a contract judges. */
export const satManifest: Manifest = {
  ...plain,
  tokenTable: tokenTableOf(satTokenizer)?.root as Hex,
  environment: { id: sat.id, parametersHash: sat.parametersHash },
}

/**
 * Every rollout claims the whole reward.
 * @param write what rollout r answers, of the right answer
 */
export function satBundle(
  about: Pick<Bundle, 'chainId' | 'subnet' | 'window' | 'miner'>,
  seed: Hex,
  size: { readonly groups: number; readonly groupSize: number },
  write: (right: string, r: number) => string,
): Bundle {
  const groups = Array.from({ length: size.groups }, (_, index) => {
    const { data } = sat.generate(hexToBytes(childSeed('problem', seed, about.miner, index)))
    const right = writeAssignment(data.variables, data.witness)
    return { index, promptHash: zeroHash, rollouts: rollouts((r) => write(right, r), size.groupSize) }
  })
  return { ...about, policy: hashManifest(satManifest), groups }
}

function rollouts(answer: (r: number) => string, count: number) {
  return Array.from({ length: count }, (_, r) => {
    const tokens = [...tokenizer.encode(answer(r)), tokenizer.endToken]
    return {
      tokens,
      finish: 'end' as const,
      reward: PPM,
      sketches: new Int8Array(4 * tokens.length),
      logProbabilities: new Float32Array(tokens.length),
    }
  })
}
