import { renderIdentity } from '../transact/report-identity.ts'
import { formatTokens } from '../transact/token-amount.ts'
import type { SaidHealth } from './ask-health.ts'
import type { EpochStatus, Status } from './read-status.ts'
import type { Reason } from './reasons.ts'

export function renderStatus(
  { identity, block, window, epoch, windows, epochs, owed }: Status,
  here: { readonly running: boolean; readonly health: SaidHealth | null },
  reasons: readonly Reason[] | null,
): string {
  const { owner, hotKey } = identity
  return [
    renderIdentity(identity, block),
    `  owner    ${owner}`,
    `  hot key  ${hotKey}`,
    `  now      block ${block}, window ${window}, epoch ${epoch}`,
    `  running  ${describeRunning(here)}`,
    `  owed     ${formatTokens(owed.amount)} tokens of ${owed.epochs.length} epochs`,
    ...windows.map(({ window: past, rollouts }) => {
      return `  window ${past}: ${rollouts === null ? 'nothing committed' : `${rollouts} rollouts committed`}`
    }),
    ...(epochs.length === 0 ? ['  no epoch is settled yet'] : epochs.map(renderEpoch)),
    ...(reasons ?? []).flatMap(({ why, proof }) => [`why: ${why}`, `     ${proof}`]),
  ].join('\n')
}

function describeRunning({
  running,
  health,
}: {
  readonly running: boolean
  readonly health: SaidHealth | null
}): string {
  if (!running) return 'no process here works for it'
  if (!health) return 'a process here works for it; at --health-host and --metrics-port it does not answer'
  const { ready, healthy, complaints } = health
  if (ready && healthy) return 'a process here works for it, and does its duty'
  const what = ready ? 'does not do its duty' : 'has not looked at the chain yet, or cannot'
  const why = complaints.map((complaint) => `\n           ${complaint.code}: ${complaint.why}`).join('')
  return `a process here works for it; it ${what}${why}`
}

function renderEpoch({ epoch, voided, weights, share, earned, scores }: EpochStatus): string {
  if (voided) return `  epoch ${epoch}: void, nobody was paid`
  const given = weights.map(({ validator, weight }) => `${weight} by ${validator}`).join(', ')
  const about = scores === null ? `weights ${given || 'none'}` : `scores ${scores}`
  return `  epoch ${epoch}: ${formatTokens(earned)} tokens, ${(100 * share).toFixed(2)} %; ${about}`
}
