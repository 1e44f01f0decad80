import { bytesToHex, type Hex } from 'viem'
import { PPM } from '../environments/environment.ts'
import type { BundleLimits } from './bundle.ts'
import { unpackFloat32, unpackInt16 } from './pack.ts'
import type { Bundle, FinishReason, Group, Rollout } from './rollout.ts'
import { sketchBytesPerToken } from './sketch.ts'
import type { Reason, Rejection } from './verdict.ts'

/** Carries a rejection out of nested parsing. Never leaves shared/protocol. */
export class Refusal extends Error {
  readonly rejection: Rejection

  constructor(reason: Reason, numbers: Rejection['numbers']) {
    super(reason)
    this.rejection = { check: 'format', reason, numbers }
  }
}

type Fields = Readonly<Record<string, unknown>>

/** Decoded CBOR → Bundle: exact keys, exact types, every number within what the rules allow. */
export function parseBundle(value: unknown, limits: BundleLimits): Bundle {
  const map = fields(value, 'bundle', ['chainId', 'subnet', 'window', 'miner', 'policy', 'groups'])
  return {
    chainId: integer(map.chainId, 'chainId', Number.MAX_SAFE_INTEGER),
    subnet: hex(map.subnet, 'subnet', 20),
    window: integer(map.window, 'window', Number.MAX_SAFE_INTEGER),
    miner: integer(map.miner, 'miner', 2 ** 32 - 1),
    policy: hex(map.policy, 'policy', 32),
    groups: list(map.groups, 'groups', 1, limits.rules.maxGroups).map((group) => parseGroup(group, limits)),
  }
}

function parseGroup(value: unknown, limits: BundleLimits): Group {
  const map = fields(value, 'group', ['index', 'prompt', 'rollouts'])
  const size = limits.rules.groupSize
  return {
    index: integer(map.index, 'group index', limits.rules.maxGroups - 1),
    promptHash: hex(map.prompt, 'prompt', 32),
    rollouts: list(map.rollouts, 'rollouts', size, size).map((rollout) => parseRollout(rollout, limits)),
  }
}

function parseRollout(value: unknown, { maxTokens, vocabulary }: BundleLimits): Rollout {
  const map = fields(value, 'rollout', ['tokens', 'finish', 'reward', 'sketches', 'logprobs'])
  const tokens = list(map.tokens, 'tokens', 1, maxTokens).map((id) => integer(id, 'token', vocabulary - 1))
  return {
    tokens,
    finish: finishReason(map.finish),
    reward: integer(map.reward, 'reward', PPM),
    sketches: unpackInt16(bytes(map.sketches, 'sketches', sketchBytesPerToken * tokens.length)),
    logProbabilities: unpackFloat32(bytes(map.logprobs, 'logprobs', 4 * tokens.length)),
  }
}

function fields(value: unknown, what: string, names: readonly string[]): Fields {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  const found = isMap && !(value instanceof Uint8Array) ? Object.keys(value) : []
  if (found.length !== names.length || names.some((name) => !found.includes(name))) {
    throw malformed(what, `a map of ${names.join(', ')}`)
  }
  return value as Fields
}

function list(value: unknown, what: string, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(what, 'a list')
  if (value.length < least || value.length > most) {
    throw new Refusal('BUNDLE_OUT_OF_BOUNDS', { what, length: value.length, least, most })
  }
  return value
}

function integer(value: unknown, what: string, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw malformed(what, 'an integer')
  if (value < 0 || value > most) throw new Refusal('BUNDLE_OUT_OF_BOUNDS', { what, value, most })
  return value
}

function bytes(value: unknown, what: string, length: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed(what, 'bytes')
  if (value.length !== length) {
    throw new Refusal('BUNDLE_OUT_OF_BOUNDS', { what, length: value.length, expected: length })
  }
  return value
}

function hex(value: unknown, what: string, length: number): Hex {
  return bytesToHex(bytes(value, what, length))
}

function finishReason(value: unknown): FinishReason {
  if (value !== 'end' && value !== 'length') throw malformed('finish', '"end" or "length"')
  return value
}

function malformed(what: string, expected: string): Refusal {
  return new Refusal('BUNDLE_MALFORMED', { layer: 'schema', what, expected })
}
