import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newcomer } from '../../../shared/protocol/sequential.ts'
import type { AuditReport } from '../../../validator/audit-bundle.ts'
import { type AuditRecord, openValidatorJournal, type ValidatorJournal } from '../../../validator/journal.ts'

let dir: string
let journal: ValidatorJournal
const reopen = () => {
  journal.close()
  journal = openValidatorJournal(join(dir, 'validator.sqlite'))
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'validator-'))
  journal = openValidatorJournal(join(dir, 'validator.sqlite'))
})
afterEach(() => {
  journal.close()
  rmSync(dir, { recursive: true })
})

const drift = { sampling: 0, sketch: 0, logProbability: 0 }
const verdict = (rollout: number) => ({
  group: 0,
  rollout,
  rejection: null,
  positions: 5,
  violations: 0,
  drift,
  tokens: 5,
})
const point = { window: 7, miner: 3, group: 0, rollout: 1, position: 2, sketch: [5, -6, 127, -128] as const }
const report: AuditReport = {
  bundleRejection: null,
  committedGroups: 1,
  scoredGroups: [],
  verdicts: [verdict(0), verdict(1)],
  evidence: [point],
}
const audit: AuditRecord = {
  window: 7,
  miner: 3,
  status: 'judged',
  score: 2n ** 90n,
  summary: { audited: 2, reasons: {} },
}
const standing = { logLikelihoodRatio: 3.498, cusum: 3.498, excluded: false }

describe('an audit', () => {
  it('is remembered whole over a restart', () => {
    journal.recordAudit(audit, report, standing)
    reopen()
    expect(journal.findAudit(7, 3)).toEqual(audit)
    expect(journal.standing(3)).toEqual(standing)
    expect(journal.evidence([6, 7])).toEqual([point])
  })

  it('that cannot be recorded whole is not recorded at all', () => {
    const twice = { ...report, verdicts: [verdict(0), verdict(0)] }
    expect(() => journal.recordAudit(audit, twice, standing)).toThrow(/UNIQUE/)
    expect(journal.findAudit(7, 3)).toBeUndefined()
    expect(journal.evidence([7])).toEqual([])
    expect(journal.standing(3)).toEqual(newcomer)
    journal.recordAudit(audit, report, standing)
    expect(journal.findAudit(7, 3)).toEqual(audit)
  })

  it('is recorded once: a second one changes nothing', () => {
    journal.recordAudit(audit, report, standing)
    expect(() => journal.recordAudit({ ...audit, score: 0n }, null, newcomer)).toThrow(/UNIQUE/)
    expect(journal.findAudit(7, 3)?.score).toBe(audit.score)
    expect(journal.standing(3)).toEqual(standing)
  })

  it('of a bundle beyond reach leaves the standing as it was', () => {
    journal.recordAudit(audit, report, standing)
    const unavailable: AuditRecord = { ...audit, window: 8, status: 'unavailable', score: 0n }
    journal.recordAudit(unavailable, null, null)
    expect(journal.findAudit(8, 3)).toEqual(unavailable)
    expect(journal.standing(3)).toEqual(standing)
    expect(journal.evidence([8])).toEqual([])
  })
})

it('an unknown miner is a newcomer', () => {
  expect(journal.standing(99)).toEqual(newcomer)
})

describe('a row of scores', () => {
  const row = {
    epoch: 2,
    weights: [32_767, 0],
    salt: `0x${'0a'.repeat(32)}`,
    evidenceRoot: `0x${'0b'.repeat(32)}`,
  } as const

  it('is fixed with its salt before it is sent, and goes from prepared to committed to revealed', () => {
    journal.prepareRow(row)
    reopen()
    expect(journal.findRow(2)).toEqual({ ...row, state: 'prepared' })
    for (const state of ['committed', 'revealed'] as const) {
      journal.advanceRow(2, state)
      reopen()
      expect(journal.findRow(2)).toEqual({ ...row, state })
    }
  })

  it('is prepared once: another salt would contradict what was committed', () => {
    journal.prepareRow(row)
    expect(() => journal.prepareRow({ ...row, salt: row.evidenceRoot })).toThrow(/UNIQUE/)
    expect(journal.findRow(2)?.salt).toBe(row.salt)
    expect(journal.findRow(3)).toBeUndefined()
  })
})

it('an abstention keeps its first reason', () => {
  journal.abstain(4, 'no checkpoint')
  journal.abstain(4, 'another')
  reopen()
  expect(journal.findAbstention(4)).toBe('no checkpoint')
  expect(journal.findAbstention(5)).toBeUndefined()
})

it('remembers what came of a replay, and that the chain has the objection', () => {
  const policy = `0x${'ef'.repeat(32)}` as const
  const path = join(dir, 'replays.sqlite')
  const before = openValidatorJournal(path)
  expect(before.findReplay(policy)).toBeUndefined()
  expect([before.beginReplay(policy), before.beginReplay(policy)]).toEqual([1, 2])
  before.excuseReplay(policy)
  expect(before.beginReplay(policy)).toBe(2)
  expect(before.findReplay(policy)).toMatchObject({ outcome: null, objected: false })
  const finding = { outcome: 'disagrees', findings: ['checkpoint is another'], ownHash: policy } as const
  before.recordReplay(policy, finding)
  before.noteObjection(policy)
  before.close()

  const after = openValidatorJournal(path)
  expect(after.findReplay(policy)).toEqual({ ...finding, objected: true })
  after.close()
})
