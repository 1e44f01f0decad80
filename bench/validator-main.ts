import { sha256 } from 'viem'
import { findCheckpoint } from '../model/find-checkpoint.ts'
import { openPolicies } from '../model/policy.ts'
import { decodeBundle, headerOf } from '../shared/protocol/bundle.ts'
import { deriveChallenge } from '../shared/protocol/challenge.ts'
import { checkCommitment } from '../shared/protocol/checks/commitment.ts'
import { minerScore } from '../shared/protocol/score.ts'
import { directoryStore } from '../shared/store/directory-store.ts'
import { fetchBundle } from '../shared/store/fetch-bundle.ts'
import { serveStore } from '../shared/store/http-server.ts'
import { type AuditJob, auditBundle } from '../validator/audit-bundle.ts'
import { summarise } from '../validator/summarise.ts'
import { clock, peakMemoryMiB, watch } from './stopwatch.ts'
import {
  type Assignment,
  type MinerResult,
  miner,
  rules,
  seedOf,
  type ValidatorResult,
  validator,
  window,
} from './window.ts'

const assignment: Assignment & Pick<MinerResult, 'committed'> = JSON.parse(process.argv[2])
const { committed, run } = assignment
const checkpoints = [assignment.checkpoints]
const { maxTokens } = (await findCheckpoint(checkpoints, assignment.policy)).manifest.sampling

// Before the policy is opened: a validator fetches on another thread than the one that runs the model.
const server = await serveStore({ store: directoryStore(assignment.bundles), host: '127.0.0.1', port: 0 })
const { root } = committed
const place = { uri: `${server.url}/${root.slice(2)}`, root }
const options = { allowPrivateHosts: true, signal: new AbortController().signal }
const [bytes, fetchMs] = await clock(() => fetchBundle(place, { rules, maxTokens }, options))
await server.close()

const shelf = openPolicies({ checkpoints, dataset: null })
const { policy, read } = watch(await shelf.open(assignment.policy))
const limits = { rules, maxTokens, vocabulary: policy.session.vocabulary }

const seeds = { windowSeed: seedOf('window', run), auditSeed: seedOf('audit', run) }
const job: AuditJob = { bytes, committed, window, miner, validator, rules, ...seeds, suspect: false }
await auditBundle(policy, { ...job, suspect: true })

const [{ value: bundle }, readMs] = await clock(() => decodeBundle(bytes, limits))
if (!bundle) throw new Error('the bundle that was measured is not readable')
const [, commitmentMs] = await clock(() =>
  checkCommitment({ header: headerOf(bundle), stored: sha256(bytes) }, committed),
)

read()
const [everything, fullMs] = await clock(() => auditBundle(policy, { ...job, suspect: true }))
read()
const [report, auditMs] = await clock(() => auditBundle(policy, job))
const inside = read()
const summary = summarise(report)
const { auditedTokens, acceptedTokens } = summary
const [, scoreMs] = await clock(() =>
  minerScore({ ...report, auditedTokens, acceptedTokens, excluded: false }, rules.coefficients),
)
const peakMiB = peakMemoryMiB()

const rows = bundle.groups.flatMap(({ index, rollouts }) => {
  const { prompt } = deriveChallenge(policy, seeds.windowSeed, miner, index)
  return rollouts.map(({ tokens }) => ({ prompt, completion: tokens }))
})
const [, bareMs] = await clock(() => policy.session.score(rows, () => {}))
const full = summarise(everything)

const result: ValidatorResult = {
  rejected: full.rejected + summary.rejected,
  figures: {
    fetchMs,
    readMs,
    commitmentMs,
    textMs: inside.challengeMs + inside.judgeMs,
    forwardMs: inside.sessionMs,
    compareMs: inside.callbackMs,
    scoreMs,
    auditMs,
    auditedShare: summary.auditedTokens / full.auditedTokens,
    verifiedTokensPerSecond: (1000 * full.auditedTokens) / fullMs,
    bareScoringTokensPerSecond: (1000 * full.auditedTokens) / bareMs,
    validatorPeakMiB: peakMiB,
  },
}
console.log(JSON.stringify(result))
await shelf.close()
