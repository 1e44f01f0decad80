import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFindings } from '../../../dashboard/api/findings.ts'
import { findJournals } from '../../../dashboard/api/journals.ts'
import { rolloutPage } from '../../../dashboard/api/rollouts.ts'
import { newcomer } from '../../../shared/protocol/sequential.ts'
import type { Rejection } from '../../../shared/protocol/verdict.ts'
import { openValidatorJournal } from '../../../validator/journal.ts'

const forged: Rejection = {
  check: 'sampling',
  reason: 'TOKEN_NOT_OWED',
  numbers: { position: 3, owed: 7, given: 9 },
}

/** A devnet's directory with the journals of two validators, and what looks at it. */
function openDevnet() {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollproof-dashboard-'))
  const journals = [0, 1].map((uid) =>
    openValidatorJournal(join(dataDir, `validator-${uid}`, 'subnet-1-0xab', `validator-${uid}.sqlite`)),
  )
  const findings = openFindings(() => findJournals(dataDir, 'subnet-1-0xab'))
  onTestFinished(() => {
    findings.close()
    for (const journal of journals) journal.close()
    rmSync(dataDir, { recursive: true })
  })
  const audit = (validator: number, window: number, miner: number, rejections: (Rejection | null)[]) => {
    const drift = { sampling: 0, sketch: 0, logProbability: 0 }
    const verdicts = rejections.map((rejection, rollout) => {
      return { group: 0, rollout, rejection, positions: 4, violations: 0, drift, tokens: 20 }
    })
    journals[validator].recordAudit(
      { window, miner, status: 'judged', score: BigInt(validator + 1), summary: { bundleRejection: null } },
      { bundleRejection: null, scoredGroups: [], committedGroups: 1, verdicts, evidence: [] },
      newcomer,
    )
  }
  return { findings, journals, audit }
}

describe('findings', () => {
  it('count a rollout once that several validators audited, and grow with the journals', () => {
    const { findings, audit } = openDevnet()
    const before = findings.look()
    audit(0, 4, 2, [null, forged])
    audit(1, 4, 2, [null, forged, null])
    expect(findings.look()).toBeGreaterThan(before)
    expect(findings.look()).toBe(findings.look())
    expect(
      findings.ledger.rollouts().map(({ rollout, accepted, validators }) => [rollout, accepted, validators]),
    ).toEqual([
      [0, true, [0, 1]],
      [1, false, [0, 1]],
      [2, true, [1]],
    ])
    expect(findings.ledger.score(2)).toBe(1n)
    expect(findings.ledger.score(0)).toBeNull()
  })

  it('say where validators disagree, and keep the reason', () => {
    const { findings, audit } = openDevnet()
    audit(0, 4, 2, [null])
    audit(1, 4, 2, [forged])
    findings.look()
    expect(findings.ledger.rollouts()).toMatchObject([
      { accepted: false, disputed: true, reason: 'TOKEN_NOT_OWED' },
    ])
    expect(findings.verdicts({ window: 4, miner: 2, group: 0, rollout: 0 })).toMatchObject([
      { validator: 0, accepted: true },
      { validator: 1, accepted: false, numbers: { position: 3, owed: 7, given: 9 } },
    ])
  })

  it('let go of windows that are too long ago', () => {
    const { findings, audit } = openDevnet()
    audit(0, 1, 0, [null])
    audit(0, 2, 0, [null])
    findings.look()
    findings.keepFrom(2)
    expect(findings.ledger.rollouts().map(({ window }) => window)).toEqual([2])
  })

  it('have the reason of an abstention', () => {
    const { findings, journals } = openDevnet()
    journals[1].abstain(7, 'the beacon is late')
    findings.look()
    expect(findings.abstention(1)).toEqual({ epoch: 7, why: 'the beacon is late' })
    expect(findings.abstention(0)).toBeNull()
  })

  it('are given in pages of a hundred, by miner and by verdict', () => {
    const { findings, audit } = openDevnet()
    audit(
      0,
      1,
      0,
      Array.from({ length: 150 }, () => null),
    )
    audit(
      0,
      1,
      1,
      Array.from({ length: 30 }, () => forged),
    )
    findings.look()
    const rollouts = findings.ledger.rollouts()
    expect(rolloutPage(rollouts, { miner: null, only: 'all', page: 1 })).toMatchObject({
      pages: 2,
      total: 180,
    })
    expect(rolloutPage(rollouts, { miner: null, only: 'all', page: 0 }).rollouts).toHaveLength(100)
    expect(rolloutPage(rollouts, { miner: 1, only: 'rejected', page: 0 })).toMatchObject({
      pages: 1,
      total: 30,
    })
    expect(rolloutPage(rollouts, { miner: 0, only: 'rejected', page: 0 }).rollouts).toEqual([])
    expect(rolloutPage(rollouts, { miner: null, only: 'all', page: 9 }).rollouts).toEqual([])
  })
})
