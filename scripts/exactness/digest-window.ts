import { createHash } from 'node:crypto'
import { type Hex, keccak256, stringToBytes } from 'viem'
import { generateGroups } from '../../miner/generate-groups.ts'
import { deriveCheckpoint } from '../../model/checkpoint/checkpoint.ts'
import { canonicalJson } from '../../model/checkpoint/manifest.ts'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import { openSession } from '../../model/runtime/open-session.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { encodeBundle } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle, Group, Rollout } from '../../shared/protocol/rollout.ts'
import type { Rules } from '../../shared/protocol/rules.ts'
import { auditBundle } from '../../validator/audit-bundle.ts'

/** sha256 over one window of the default policy: what its miner answers, and what a validator says of it. */
export interface WindowDigest {
  readonly tokens: string
  readonly sketches: string
  readonly logProbabilities: string
  /** Every verdict with its numbers, of the honest bundle and of one with three faults in four rollouts. */
  readonly verdicts: string
}

const seedOf = (purpose: string): Hex => keccak256(stringToBytes(`exactness/${purpose}`))
const windowSeed = seedOf('window')
const miner = 1
const window = 1
const rules: Rules = {
  groupSize: 4,
  maxGroups: 8,
  auditRatePpm: 1_000_000,
  auditFloor: 1,
  sketchPositions: 64,
  coefficients: { base: 1, correctness: 1, reasoning: 1, satisfaction: 1, signal: 1 },
}

/** @param threads within one operation; WebAssembly fixes its number once per process */
export async function digestWindow(
  policyDir: string,
  profile: NumericsProfile,
  threads: number,
): Promise<WindowDigest> {
  const checkpoint = deriveCheckpoint(await readCheckpoint(policyDir), { profile })
  const { manifest, manifestHash } = checkpoint
  const session = await openSession(checkpoint, profile, { threads })
  const policy = {
    manifest,
    manifestHash,
    session,
    codec: loadTokenizer(checkpoint.tokenizerJson),
    environment: findEnvironment(manifest.environment.id),
  }
  const { groupSize, maxGroups } = rules
  const task = { policy: manifestHash, windowSeed, miner, firstGroup: 0, groups: maxGroups, groupSize }
  const groups = await generateGroups(policy, task)

  const verdictsOf = async (answered: readonly Group[]) => {
    const committed = {
      chainId: 1,
      subnet: `0x${'00'.repeat(20)}`,
      window,
      miner,
      policy: manifestHash,
    } as const
    const bundle: Bundle = { ...committed, groups: answered }
    const { verdicts, evidence } = await auditBundle(policy, {
      bytes: encodeBundle(bundle),
      committed: { ...committed, ...commitmentOf(bundle) },
      window,
      windowSeed,
      auditSeed: seedOf('audit'),
      miner,
      validator: 1,
      rules,
      suspect: false,
    })
    return { verdicts, evidence }
  }
  const verdicts = [await verdictsOf(groups), await verdictsOf(groups.map(tamper))]
  await session.close()
  const rollouts = groups.flatMap((group) => group.rollouts)
  return {
    tokens: digest(canonicalJson(rollouts.map(({ tokens }) => tokens))),
    sketches: digest(...rollouts.map(({ sketches }) => littleEndian(sketches))),
    logProbabilities: digest(...rollouts.map(({ logProbabilities }) => littleEndian(logProbabilities))),
    verdicts: digest(canonicalJson(verdicts)),
  }
}

/** Leaves one rollout of a group as it is; the others get a wrong token, empty sketches, a shifted log-probability. */
function tamper(group: Group): Group {
  const [honest, edited, empty, shifted] = group.rollouts
  const token = edited.tokens[2] === 9 ? 10 : 9
  const rollouts: Rollout[] = [
    honest,
    { ...edited, tokens: edited.tokens.with(2, token) },
    { ...empty, sketches: new Int8Array(empty.sketches.length) },
    { ...shifted, logProbabilities: shifted.logProbabilities.map((value) => value - 0.25) },
  ]
  return { ...group, rollouts }
}

function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** Both architectures that the engines run on are little-endian; a host that is not must not pass unnoticed. */
function littleEndian({ buffer, byteOffset, byteLength }: Int8Array | Float32Array): Uint8Array {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new Error('this host is not little-endian')
  return new Uint8Array(buffer, byteOffset, byteLength)
}
