import { bytesToHex } from 'viem'
import { PPM } from '../environments/environment.ts'
import type { BundleLimits } from './bundle-limits.ts'
import { type CborReader, createCborReader } from './cbor-reader.ts'
import { unpackFloat32, unpackInt16 } from './pack.ts'
import { malformed, Refusal } from './refusal.ts'
import type { Bundle, FinishReason, Group, Rollout } from './rollout.ts'
import { sketchBytesPerToken } from './sketch.ts'

/**
 * Canonical bytes → Bundle: exact keys in canonical order, exact types, every number within what the rules allow.
 * @throws Refusal
 */
export function parseBundle(canonical: Uint8Array, limits: BundleLimits): Bundle {
  const read = createCborReader(canonical)
  read.map('bundle', 6)
  const miner = read.integer('miner', 2 ** 32 - 1)
  const groups = read.list('groups', 1, limits.rules.maxGroups, () => parseGroup(read, limits))
  const policy = bytesToHex(read.bytes('policy', 32))
  const subnet = bytesToHex(read.bytes('subnet', 20))
  const window = read.integer('window', Number.MAX_SAFE_INTEGER)
  const chainId = read.integer('chainId', Number.MAX_SAFE_INTEGER)
  read.end()
  return { chainId, subnet, window, miner, policy, groups }
}

function parseGroup(read: CborReader, limits: BundleLimits): Group {
  const { groupSize, maxGroups } = limits.rules
  read.map('group', 3)
  return {
    index: read.integer('index', maxGroups - 1),
    promptHash: bytesToHex(read.bytes('prompt', 32)),
    rollouts: read.list('rollouts', groupSize, groupSize, () => parseRollout(read, limits)),
  }
}

function parseRollout(read: CborReader, { maxTokens, vocabulary }: BundleLimits): Rollout {
  read.map('rollout', 5)
  const finish = finishReason(read.text('finish'))
  const reward = read.integer('reward', PPM)
  const tokens = read.integers('tokens', 1, maxTokens, vocabulary - 1)
  const logProbabilities = finite(unpackFloat32(read.bytes('logprobs', 4 * tokens.length)))
  const sketches = unpackInt16(read.bytes('sketches', sketchBytesPerToken * tokens.length))
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
