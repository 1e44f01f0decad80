import { comparePeers } from '../../bench/peers/compare.ts'
import type { NumericsProfile } from '../../model/engine/engine.ts'
import { auditCount, ownCount } from '../../shared/protocol/audit.ts'
import type { EpochRules } from '../../shared/protocol/consensus.ts'
import type { Rules } from '../../shared/protocol/rules.ts'
import { type Arena, openArena } from './arena/arena.ts'
import type { MinerAttack } from './arena/attack.ts'
import { type BroughtPolicy, type Ground, prepareGround } from './arena/ground.ts'
import { measureHonest } from './arena/measure-honest.ts'
import { type MinerOutcome, measureMiner } from './arena/measure-miner.ts'
import { measureValidator } from './arena/measure-validator.ts'
import { minerAttacks, validatorAttacks } from './catalogue.ts'
import { faultOfMinerAttack, faultOfValidatorAttack } from './expectations.ts'
import type { AttackEntry, AttackReport } from './report.ts'
import { requireKnownAttacks } from './require-known.ts'
import { simulateAttack, simulateHonest } from './simulation.ts'
import type { ValidatorAttack } from './validators/validator-attack.ts'

export interface AttackOptions {
  readonly profile: NumericsProfile
  readonly seed: number
  readonly windows: number
  readonly groups: number
  readonly honestPositions: number
  /** Names of attacks; none means all. */
  readonly only: readonly string[]
  readonly onProgress: (line: string) => void
  /** A checkpoint to run instead of the embedded policy. */
  readonly brought?: BroughtPolicy | undefined
  /** Other rules than a devnet's. */
  readonly rules?: { readonly window: Rules; readonly epoch: EpochRules }
}

/** Honest miner-windows in each simulation of the sequential test. */
const simulatedWindows = 1_000_000
/** The rate that the test was designed for, and one that a million clean positions still leave possible. */
const honestRates = [6e-5, 3e-6]

/** @throws SubnetError as `requireKnownAttacks`; what goes wrong inside an attack becomes its entry */
export async function runAttacks(options: AttackOptions): Promise<AttackReport> {
  const { profile, seed, windows, groups, only, onProgress } = options
  const chosen = <Attack extends { name: string }>(attacks: readonly Attack[]) =>
    attacks.filter(({ name }) => only.length === 0 || only.includes(name))
  requireKnownAttacks(only)
  const { brought } = options
  onProgress(brought ? `opening ${brought.dir}` : 'preparing the policy: eight updates, one after the other')
  const ground = await prepareGround({ profile, seed, groups, brought, rules: options.rules?.window })
  try {
    const arena = openArena(ground, windows, options.rules?.epoch)
    const honest = await measureHonest(arena, options.honestPositions, (positions) =>
      onProgress(`honest: ${positions} of ${options.honestPositions} positions`),
    )
    await ground.release()
    const attacks: AttackEntry[] = []
    const { possible, leftOut } = sortOut(chosen(minerAttacks), ground)
    for (const attack of possible) {
      onProgress(`miner: ${attack.name}`)
      attacks.push(await attackAsMiner(arena, attack, seed))
      await ground.release()
    }
    for (const attack of chosen(validatorAttacks)) {
      onProgress(`validator: ${attack.name}`)
      attacks.push(await attackAsValidator(arena, attack))
    }
    const tokens = honest.positions / honest.rollouts
    const rollouts = groups * ground.rules.groupSize
    const audited = auditedPositions(rollouts, ground.rules, tokens)
    onProgress(`simulating ${simulatedWindows} honest miner-windows`)
    const simulated = honestRates.map((rate) =>
      simulateHonest({ rate, minerWindows: simulatedWindows, audited, seed }),
    )
    return {
      policy: ground.policy.manifestHash,
      profile,
      seed,
      windows,
      groups,
      honest,
      attacks,
      leftOut,
      simulation: { honest: simulated },
    }
  } finally {
    await ground.close()
  }
}

/** What this policy can be attacked by, and why not by the rest. */
function sortOut(attacks: readonly MinerAttack[], ground: Ground) {
  const sorted = attacks.map((attack) => ({ attack, why: attack.hindrance?.(ground) ?? null }))
  return {
    possible: sorted.flatMap(({ attack, why }) => (why === null ? [attack] : [])),
    leftOut: sorted.flatMap(({ attack: { name }, why }) => (why === null ? [] : [{ name, why }])),
  }
}

/** Measures one attack; a crash of the attacker is its failure, and is reported as such. */
export async function attackAsMiner(arena: Arena, attack: MinerAttack, seed: number): Promise<AttackEntry> {
  const { name, kind, gains, caughtBy } = attack
  const about = { name, kind, gains, caughtBy }
  try {
    const { observed, ...outcome } = await measureMiner(arena, attack, comparePeers)
    const simulation = observed.length > 0 ? simulate(arena, observed, outcome, seed) : null
    return { ...about, ...outcome, simulation, fault: faultOfMinerAttack(attack, outcome) }
  } catch (error) {
    return { ...about, ...nothing, fault: `crashed: ${(error as Error).message}` }
  }
}

function simulate(
  { ground }: Arena,
  observed: MinerOutcome['observed'],
  outcome: Omit<MinerOutcome, 'observed'>,
  seed: number,
) {
  const payUnchecked = outcome.payUnchecked ?? 0
  return simulateAttack({ observed, payUnchecked, rules: ground.rules, seed })
}

async function attackAsValidator(arena: Arena, attack: ValidatorAttack): Promise<AttackEntry> {
  const { name, gains, caughtBy } = attack
  const about = { name, kind: 'validator', gains, caughtBy } as const
  try {
    const outcome = await measureValidator(arena, attack)
    return {
      ...about,
      ...nothing,
      detectionPerRollout: (outcome.evidence.false ?? 0) / outcome.epochs,
      incentiveTaken: outcome.dividendTaken,
      validator: outcome,
      fault: faultOfValidatorAttack(attack, outcome),
    }
  } catch (error) {
    return { ...about, ...nothing, fault: `crashed: ${(error as Error).message}` }
  }
}

/** What an entry says where nothing was measured. */
const nothing = {
  detectionPerRollout: 0,
  differing: null,
  detectionPerPosition: null,
  payUnchecked: null,
  reasons: {},
  windowsToExclusion: null,
  incentiveTaken: 0,
  peers: {},
  simulation: null,
} as const

/** The shared sample and a validator's own, less what both chose. */
function auditedPositions(rollouts: number, rules: Rules, tokens: number) {
  const shared = auditCount(rollouts, rules)
  const own = ownCount(rollouts, rules)
  return {
    usual: Math.round((shared + own - (shared * own) / rollouts) * tokens),
    suspect: Math.round(rollouts * tokens),
  }
}
