import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFindings } from '../../dashboard/api/findings.ts'
import { findJournals } from '../../dashboard/api/journals.ts'
import { readResource, type Sources } from '../../dashboard/api/resources.ts'
import { serveDashboard } from '../../dashboard/api/serve.ts'
import type { Watch } from '../../dashboard/api/watch.ts'
import { buildPage } from '../../dashboard/build-page.ts'
import type { Pulse } from '../../dashboard/views.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import type { SubnetError } from '../../shared/errors.ts'
import { newcomer } from '../../shared/protocol/sequential.ts'
import { openValidatorJournal } from '../../validator/journal.ts'
import { rejectedRollout, someGovernance, someLearning } from './dashboard-answers.ts'
import { someHistory } from './dashboard-history.ts'

export interface TestDashboard {
  readonly url: string
  /** Tells every open page. */
  say(pulse: Partial<Pulse>): void
  /** From now on the API answers this failure. */
  fail(error: SubnetError | null): void
  close(): Promise<void>
}

/** The real server and page over a real journal of `rollouts` verdicts; what the chain says is made up. */
export async function startTestDashboard(
  rollouts: number,
  weights?: readonly (readonly number[])[],
): Promise<TestDashboard> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollproof-page-'))
  writeJournal(dataDir, rollouts)
  const findings = openFindings(() => findJournals(dataDir, 'subnet'))
  findings.look()
  const history = someHistory(weights)
  const deployment = { name: 'devnet', chainId: 31_337, contracts: {} }
  const sources = {
    chain: { deployment } as unknown as ChainContext,
    findings,
    history: async () => history,
  } as Sources
  const fixed = new Map<string, unknown>([
    ['learning.json', someLearning],
    ['governance.json', someGovernance],
    ['rollout/2-1-0-1.json', rejectedRollout],
  ])
  let failure: SubnetError | null = null
  let pulse: Pulse = { version: '1', block: 260, failure: null }
  const listeners = new Set<(pulse: Pulse) => void>()
  const watch: Watch = {
    pulse: () => pulse,
    listen(onPulse) {
      listeners.add(onPulse)
      return () => listeners.delete(onPulse)
    },
    look: async () => {},
    run: async () => {},
  }
  const server = await serveDashboard({
    ...{ host: '127.0.0.1', port: 0, page: await buildPage(null), watch },
    read: async (path) => {
      if (failure) throw failure
      return fixed.get(path) ?? readResource(sources, path)
    },
    onFailure: () => {},
  })
  return {
    url: server.url,
    say(change) {
      pulse = { ...pulse, ...change }
      for (const listener of listeners) listener(pulse)
    },
    fail: (error) => {
      failure = error
    },
    async close() {
      await server.close()
      findings.close()
      rmSync(dataDir, { recursive: true })
    },
  }
}

/** Of validator 0: half of them miner 0's, accepted, and half miner 1's, rejected. */
function writeJournal(dataDir: string, rollouts: number): void {
  const journal = openValidatorJournal(join(dataDir, 'subnet', 'validator-0.sqlite'))
  const drift = { sampling: 0, sketch: 0, logProbability: 0 }
  const forged = { check: 'sampling', reason: 'TOKEN_NOT_OWED', numbers: { position: 3 } } as const
  for (const miner of [0, 1]) {
    const verdicts = Array.from({ length: rollouts / 2 }, (_, i) => ({
      ...{ group: Math.floor(i / 8), rollout: i % 8, rejection: miner === 1 ? forged : null },
      ...{ positions: 20, violations: miner, drift, tokens: 20 },
    }))
    journal.recordAudit(
      { window: 2, miner, status: 'judged', score: 10n ** 15n, summary: { bundleRejection: null } },
      { bundleRejection: null, scoredGroups: [], committedGroups: 1, verdicts, evidence: [] },
      newcomer,
    )
  }
  journal.close()
}
