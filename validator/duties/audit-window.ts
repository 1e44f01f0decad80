import { closeWindow } from '../../shared/chain/close-window.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { lastingBlock } from '../../shared/chain/lasting-block.ts'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { readCommitments } from '../../shared/chain/read-commitments.ts'
import { readOpening } from '../../shared/chain/read-opening.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { epochOf } from '../../shared/protocol/schedule.ts'
import { fetchAuditSeed, fetchWindowSeed } from '../../shared/window/window-seed.ts'
import { auditMiner } from '../audit-miner.ts'
import type { Pace } from '../pace-tries.ts'
import type { Validator } from '../validator.ts'

/**
 * Audits every commitment of a window whose deadline has passed. Miners that were audited before a restart are
 * not audited again.
 * @param patient whether there is time to ask again for what cannot be had
 * @returns how many commitments there were, and how many of them could not be judged; null while the block that
 *   draws the audit may still vanish, or a bundle is to be asked for again
 */
export async function auditWindow(
  validator: Validator,
  window: number,
  { pace, patient }: { readonly pace: Pace; readonly patient: boolean },
): Promise<{ commitments: number; unjudged: number } | null> {
  const { network, journal } = validator
  const { chain, schedule, log } = network
  const opening = await readOpening(chain, window)
  if (!opening) return { commitments: 0, unjudged: 0 }

  const commitments = await readCommitments(chain, window)
  const left = () => commitments.filter(({ minerUid }) => !journal.findAudit(window, minerUid))
  if (left().length === 0) return countUnjudged(validator, window, commitments)
  const isDue = ({ minerUid }: { minerUid: number }) => !patient || pace.isDue(`${window}/${minerUid}`)
  if (!left().some(isDue)) return null
  if (opening.auditRound === null) await closeWindow(chain, window)
  const auditRound = await readLastingAuditRound(chain, window)
  if (auditRound === null) return null
  const seeded = await fetchWindowSeed(network, window)
  const beacon = await fetchAuditSeed(network, seeded, auditRound)
  await submitRound(chain, seeded.round)
  await submitRound(chain, beacon.round)

  const rules = await readRules(chain, epochOf(schedule, window))
  const active = await readActivePolicy(chain, window)
  const { maxTokens } = (await validator.policies.obtain(active)).manifest.sampling
  const context = {
    window,
    windowSeed: seeded.seed,
    auditSeed: beacon.seed,
    policy: active.manifestHash,
    rules,
    maxTokens,
    patient,
  }
  log.info('started audit', { window, auditSeed: beacon.seed, commitments: commitments.length })
  for (const commitment of left().filter(isDue)) {
    network.signal.throwIfAborted()
    await auditMiner(validator, commitment, context)
    pace.noteTry(`${window}/${commitment.minerUid}`)
  }
  return left().length > 0 ? null : countUnjudged(validator, window, commitments)
}

/** Another block would draw another round, and the audit other rollouts than the other validators'. */
async function readLastingAuditRound(chain: ChainContext, window: number): Promise<bigint | null> {
  const head = await readBlockNumber(chain)
  const opening = await readOpening(chain, window, lastingBlock(chain, head))
  return opening?.auditRound ?? null
}

function countUnjudged(
  { journal }: Validator,
  window: number,
  commitments: readonly { minerUid: number }[],
): { commitments: number; unjudged: number } {
  const judged = commitments.filter(
    ({ minerUid }) => journal.findAudit(window, minerUid)?.status === 'judged',
  )
  return { commitments: commitments.length, unjudged: commitments.length - judged.length }
}
