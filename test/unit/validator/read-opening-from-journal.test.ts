import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zeroHash } from 'viem'
import { afterAll, expect, it } from 'vitest'
import { type EvidencePoint, evidenceRoot, pointsOwed } from '../../../shared/protocol/evidence.ts'
import { newcomer } from '../../../shared/protocol/sequential.ts'
import { openValidatorJournal } from '../../../validator/journal.ts'
import { readOpeningFromJournal } from '../../../validator/read-opening-from-journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollproof-opening-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Epoch 2 is windows 4 and 5. */
const schedule = { startBlock: 0n, windowBlocks: 10, commitBlocks: 5, epochWindows: 2, revealBlocks: 5 }
const path = join(folder, 'validator.sqlite')
const point = (window: number, miner: number): EvidencePoint => ({
  ...{ window, miner, group: 0, rollout: 1, position: 2 },
  sketch: [miner, -window, 127, -128],
})
const missing = expect.objectContaining({ code: 'EVIDENCE_MISSING' })

it('a journal opens the root of its row, while the validator runs', () => {
  const journal = openValidatorJournal(path)
  const audited = [3, 4, 5].flatMap((window) => [0, 1].map((miner) => point(window, miner)))
  for (const { window, miner } of audited) {
    const audit = { window, miner, status: 'judged', score: 1n, summary: {} } as const
    const report = {
      bundleRejection: null,
      scoredGroups: [],
      committedGroups: 0,
      verdicts: [],
      evidence: [point(window, miner)],
    }
    journal.recordAudit(audit, report, newcomer)
  }
  const weights = [0, 32_767]
  const points = pointsOwed(journal.evidence([4, 5]), weights)
  const root = evidenceRoot(points)
  journal.prepareRow({ epoch: 2, weights, salt: zeroHash, evidenceRoot: root })
  journal.prepareRow({ epoch: 1, weights, salt: zeroHash, evidenceRoot: root })

  const about = { schedule, epoch: 2, validator: 7 }
  expect(readOpeningFromJournal(path, about)).toEqual({ epoch: 2, validator: 7, evidenceRoot: root, points })
  expect(points).toEqual([point(4, 1), point(5, 1)])
  // Epoch 1 has window 3 alone, whose points have another root than was kept with its row.
  expect(() => readOpeningFromJournal(path, { ...about, epoch: 1 })).toThrow(missing)
  expect(() => readOpeningFromJournal(path, { ...about, epoch: 9 })).toThrow(missing)
  expect(() => readOpeningFromJournal(join(folder, 'nothing'), about)).toThrow(missing)
  journal.close()
})
