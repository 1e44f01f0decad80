import { bytesToHex } from 'viem'
import { PPM } from '../environments/environment.ts'
import type { BundleLimits } from './bundle-limits.ts'
import { type CborReader, createCborReader } from './cbor-reader.ts'
import { unpackFloat32, unpackInt8 } from './pack.ts'
import { malformed, Refusal } from './refusal.ts'
import type { BundleHeader, FinishReason, Group, Rollout } from './rollout.ts'
import { sketchesPerPosition } from './sketch.ts'

/**
 * Canonical bytes → header: exact keys in canonical order, exact types, every number within what the rules allow.
 * @throws Refusal
 */
export function parseHeader(canonical: Uint8Array, { rules }: Pick<BundleLimits, 'rules'>): BundleHeader {
  const read = createCborReader(canonical)
  read.map('bundle', 6)
  const miner = read.integer('miner', 2 ** 32 - 1)
  const groupHashes = read.words('groups', 1, rules.maxGroups).map((hash) => bytesToHex(hash))
  const policy = bytesToHex(read.bytes('policy', 32))
  const subnet = bytesToHex(read.bytes('subnet', 20))
  const window = read.integer('window', Number.MAX_SAFE_INTEGER)
  const chainId = read.integer('chainId', Number.MAX_SAFE_INTEGER)
  read.end()
  return { chainId, subnet, window, miner, policy, groupHashes }
}

/** Canonical bytes → group, as strictly. @throws Refusal */
export function parseGroup(canonical: Uint8Array, limits: BundleLimits): Group {
  const { groupSize, maxGroups } = limits.rules
  const read = createCborReader(canonical)
  read.map('group', 3)
  const index = read.integer('index', maxGroups - 1)
  const promptHash = bytesToHex(read.bytes('prompt', 32))
  const rollouts = read.list('rollouts', groupSize, groupSize, () => parseRollout(read, limits))
  read.end()
  return { index, promptHash, rollouts }
}

function parseRollout(read: CborReader, { maxTokens, vocabulary }: BundleLimits): Rollout {
  read.map('rollout', 5)
  const finish = finishReason(read.text('finish'))
  const reward = read.integer('reward', PPM)
  const tokens = read.integers('tokens', 1, maxTokens, vocabulary - 1)
  const logProbabilities = finite(unpackFloat32(read.bytes('logprobs', 4 * tokens.length)))
  const sketches = unpackInt8(read.bytes('sketches', sketchesPerPosition * tokens.length))
  return { tokens, finish, reward, sketches, logProbabilities }
}

function finishReason(value: string): FinishReason {
  if (value !== 'end' && value !== 'length') throw malformed('cbor', 'finish', '"end" or "length"')
  return value
}

/** A NaN has many bit patterns, and hosts differ in which ones survive a copy: none is let in. */
function finite(values: Float32Array): Float32Array {
  const position = values.findIndex((value) => !Number.isFinite(value))
  if (position < 0) return values
  throw new Refusal('BUNDLE_OUT_OF_BOUNDS', { what: 'logprobs', position, value: String(values[position]) })
}
