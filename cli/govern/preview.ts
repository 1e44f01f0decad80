import { askChain } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { setRulesAction } from '../../shared/chain/governance/draw-up.ts'
import { readLatestRules } from '../../shared/chain/governance/read-latest-rules.ts'
import { readVaultBefore } from '../../shared/chain/governance/read-vault-before.ts'
import {
  type ChainRulesTuple,
  differencesOf,
  type RuleChange,
  type RuleName,
  withChanges,
} from '../../shared/chain/governance/rule-changes.ts'
import { readActiveStakes } from '../../shared/chain/read-active-stakes.ts'
import { readBondsBefore } from '../../shared/chain/read-bonds.ts'
import { readNextEpoch } from '../../shared/chain/read-next-epoch.ts'
import { readReveals } from '../../shared/chain/read-reveals.ts'
import { coefficientsOf, readRules } from '../../shared/chain/read-rules.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Payout } from '../../shared/protocol/consensus.ts'
import { windowsOf } from '../../shared/protocol/schedule.ts'
import { rescoreFromJournal } from '../../validator/rescore-from-journal.ts'
import { readChanges } from './read-changes.ts'
import { type PastEpoch, type ReplayedEpoch, replayEpochs } from './replay.ts'

/** What settlement itself applies: the chain keeps everything that it takes to apply another value. */
const replayed = new Set<RuleName>([
  ...(['kappa', 'quorumPpm', 'minerSharePpm', 'treasurySharePpm'] as const),
  ...(['minValidatorStake', 'emissionPerEpoch'] as const),
])
const coefficients = new Set<RuleName>([
  ...(['scoreBasePpm', 'scoreCorrectnessPpm', 'scoreReasoningPpm'] as const),
  ...(['scoreSatisfactionPpm', 'scoreSignalPpm'] as const),
])

export interface Preview {
  readonly changes: readonly RuleChange[]
  /** The rules as they would be. */
  readonly rules: ChainRulesTuple
  readonly epochs: { readonly first: number; readonly count: number }
  readonly gains: readonly Gain[]
  readonly voided: { readonly before: number; readonly after: number }
  readonly toTreasury: { readonly before: bigint; readonly after: bigint }
  /** Changes that the replay says nothing about, and why. */
  readonly unknown: readonly { readonly rule: RuleName; readonly why: string }[]
}

/** Token units, summed over the epochs. */
export interface Gain {
  readonly role: Payout['role']
  readonly uid: number
  readonly before: bigint
  readonly after: bigint
}

/**
 * Settles the latest settled epochs once as they were and once under changed rules.
 * @throws SubnetError EPOCHS_MISSING when none is settled yet; CONFIG_INVALID, CHAIN_REVERTED RuleOutOfBounds for
 *   changes that cannot be; JOURNAL_LACKS
 */
export async function preview(
  chain: ChainContext,
  wishes: {
    readonly set: readonly string[]
    readonly epochs: number
    readonly journal: string | undefined
  },
): Promise<Preview> {
  const latest = await readLatestRules(chain)
  const rules = withChanges(latest, readChanges(wishes.set))
  await requirePossible(chain, rules)
  const changes = differencesOf(latest, rules)
  const names = changes.map(({ rule }) => rule)
  const rescores = names.some((rule) => coefficients.has(rule))
  const settled = await readNextEpoch(chain)
  const first = Math.max(0, settled - wishes.epochs)
  if (settled === first) {
    throw new SubnetError('EPOCHS_MISSING', 'no epoch is settled yet, so there is nothing to replay')
  }
  const vault = await readVaultBefore(chain, first)
  const purse = { ...vault, bonds: await readBondsBefore(chain, first) }
  const schedule = await readSchedule(chain)
  const past: PastEpoch[] = []
  for (let epoch = first; epoch < settled; epoch++) {
    const [epochRules, stakes, reveals, scheduled] = await Promise.all([
      readRules(chain, epoch),
      readActiveStakes(chain, epoch),
      readReveals(chain, epoch),
      vault.scheduled(epoch),
    ])
    const weights = new Map(reveals.map((reveal) => [reveal.validatorUid, reveal.weights]))
    const validators = stakes.map((stake, uid) => ({ stake, weights: weights.get(uid) ?? null }))
    const { journal } = wishes
    const rescored =
      rescores && journal !== undefined && reveals.length > 0
        ? rescoreFromJournal(journal, windowsOf(schedule, epoch), {
            from: epochRules.coefficients,
            to: coefficientsOf(rules),
          })
        : new Map()
    past.push({ epoch, rules: epochRules, validators, scheduled, rescored })
  }
  const changed = Object.fromEntries(
    names.filter((rule) => replayed.has(rule)).map((rule) => [rule, rules[rule]]),
  )
  const asWere = past.map((epoch) => ({ ...epoch, rescored: new Map() }))
  const before = replayEpochs(asWere, (epoch) => epoch.rules, purse)
  const after = replayEpochs(past, (epoch) => ({ ...epoch.rules, ...changed }), purse)
  return {
    changes,
    rules,
    epochs: { first, count: settled - first },
    gains: gainsOf(before, after),
    voided: { before: voidedOf(before), after: voidedOf(after) },
    toTreasury: { before: treasuryOf(before), after: treasuryOf(after) },
    unknown: names.flatMap((rule) => {
      if (replayed.has(rule)) return []
      if (!coefficients.has(rule)) return [{ rule, why: 'other work would have been done or checked' }]
      return wishes.journal === undefined
        ? [{ rule, why: 'scores are not on chain: name a validator’s journal with --journal' }]
        : []
    }),
  }
}

async function requirePossible({ publicClient, deployment }: ChainContext, rules: ChainRulesTuple) {
  const { timelock } = deployment.contracts
  const { target, data } = setRulesAction(deployment.contracts, rules)
  await askChain('set these rules', () => publicClient.call({ account: timelock, to: target, data }))
}

function gainsOf(before: readonly ReplayedEpoch[], after: readonly ReplayedEpoch[]): Gain[] {
  const sums = new Map<string, { role: Payout['role']; uid: number; before: bigint; after: bigint }>()
  for (const [side, epochs] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const { role, uid, amount } of epochs.flatMap(({ payouts }) => payouts)) {
      const sum = sums.get(`${role} ${uid}`) ?? { role, uid, before: 0n, after: 0n }
      sum[side] += amount
      sums.set(`${role} ${uid}`, sum)
    }
  }
  return [...sums.values()].sort((a, b) => (a.role === b.role ? a.uid - b.uid : a.role < b.role ? -1 : 1))
}

function voidedOf(epochs: readonly ReplayedEpoch[]): number {
  return epochs.filter(({ voided }) => voided).length
}

function treasuryOf(epochs: readonly ReplayedEpoch[]): bigint {
  return epochs.reduce((sum, { toTreasury }) => sum + toTreasury, 0n)
}
