import { bytesToHex } from 'viem'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import { lastingBlock } from '../../shared/chain/lasting-block.ts'
import { readMinerCount } from '../../shared/chain/read-miner-count.ts'
import type { Duty } from '../../shared/duty.ts'
import { evidenceRoot, pointsOwed } from '../../shared/protocol/evidence.ts'
import {
  commitDeadline,
  epochEnd,
  epochOf,
  scoreCommitStart,
  windowAt,
  windowsOf,
} from '../../shared/protocol/schedule.ts'
import { weightRow } from '../../shared/protocol/score.ts'
import type { ScoreRow } from '../journal.ts'
import { type Pace, paceTries, pollsBetweenTries } from '../pace-tries.ts'
import type { Validator } from '../validator.ts'
import { auditWindow } from './audit-window.ts'

/** See `scoreEpoch`. */
export function scoreRunningEpoch(validator: Validator): Duty {
  const { clock, pollMs } = validator.network
  const pace = paceTries(clock, pollsBetweenTries * pollMs)
  return { name: 'score', run: (block) => scoreEpoch(validator, pace, block) }
}

/**
 * Audits the running epoch's closed windows, once what they are judged by cannot vanish any more, and in the epoch's
 * last phase commits a row of scores. A row is journalled with its salt before its hash is sent, so that a restart
 * commits and reveals the same.
 */
async function scoreEpoch(validator: Validator, pace: Pace, block: bigint): Promise<void> {
  const { network, journal } = validator
  const { schedule, chain, log } = network
  const running = windowAt(schedule, block)
  if (running < 0) return
  const epoch = epochOf(schedule, running)
  if (journal.findRow(epoch)?.state === 'committed' || journal.findAbstention(epoch)) return

  let commitments = 0
  let unjudged = 0
  let waits = false
  const lasting = lastingBlock(chain, block)
  const [from, to] = [scoreCommitStart(schedule, epoch), epochEnd(schedule, epoch)]
  // The second half is for those who have judged to commit, and for those who failed to say so.
  const patient = block < from + (to - from) / 2n
  for (const window of windowsOf(schedule, epoch)) {
    if (lasting < commitDeadline(schedule, window)) return
    const audited = await auditWindow(validator, window, { pace, patient })
    waits ||= audited === null
    commitments += audited?.commitments ?? 0
    unjudged += audited?.unjudged ?? 0
  }
  if (waits || block < from || block >= to) return
  if (commitments > 0 && unjudged === commitments) {
    const why = 'no miner could be judged: more likely our fault than theirs'
    journal.abstain(epoch, why)
    log.warn('abstained', { epoch, why })
    return
  }
  const row = journal.findRow(epoch) ?? (await prepareRow(validator, epoch))
  if (!(await commitScores(chain, row))) return
  journal.advanceRow(epoch, 'committed')
  log.info('committed scores', { epoch, weights: row.weights, evidenceRoot: row.evidenceRoot })
}

async function prepareRow(
  { network, journal, drawSalt }: Validator,
  epoch: number,
): Promise<Omit<ScoreRow, 'state'>> {
  const windows = windowsOf(network.schedule, epoch)
  const miners = await readMinerCount(network.chain)
  const scores = Array.from({ length: miners }, (_, miner) =>
    windows.reduce((sum, window) => sum + (journal.findAudit(window, miner)?.score ?? 0n), 0n),
  )
  const weights = weightRow(scores)
  const row = {
    epoch,
    weights,
    salt: bytesToHex(drawSalt()),
    evidenceRoot: evidenceRoot(pointsOwed(journal.evidence(windows), weights)),
  }
  journal.prepareRow(row)
  return row
}
