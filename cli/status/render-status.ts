import { renderIdentity } from '../transact/report-identity.ts'
import { formatTokens } from '../transact/token-amount.ts'
import type { EpochStatus, Status } from './read-status.ts'
import type { Reason } from './reasons.ts'

export function renderStatus(
  { identity, block, window, epoch, windows, epochs, owed }: Status,
  running: boolean | null,
  reasons: readonly Reason[] | null,
): string {
  const { owner, hotKey } = identity
  const works = {
    true: 'a process here works for it',
    false: 'no process here works for it',
    null: 'not looked for here',
  }
  return [
    renderIdentity(identity, block),
    `  owner    ${owner}`,
    `  hot key  ${hotKey}`,
    `  now      block ${block}, window ${window}, epoch ${epoch}`,
    `  running  ${works[`${running}`]}`,
    `  owed     ${formatTokens(owed.amount)} tokens of ${owed.epochs.length} epochs`,
    ...windows.map(({ window: past, rollouts }) => {
      return `  window ${past}: ${rollouts === null ? 'nothing committed' : `${rollouts} rollouts committed`}`
    }),
    ...(epochs.length === 0 ? ['  no epoch is settled yet'] : epochs.map(renderEpoch)),
    ...(reasons ?? []).flatMap(({ why, proof }) => [`why: ${why}`, `     ${proof}`]),
  ].join('\n')
}

function renderEpoch({ epoch, voided, weights, share, earned, scores }: EpochStatus): string {
  if (voided) return `  epoch ${epoch}: void, nobody was paid`
  const given = weights.map(({ validator, weight }) => `${weight} by ${validator}`).join(', ')
  const about = scores === null ? `weights ${given || 'none'}` : `scores ${scores}`
  return `  epoch ${epoch}: ${formatTokens(earned)} tokens, ${(100 * share).toFixed(2)} %; ${about}`
}
