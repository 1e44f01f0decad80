import { generateGroups } from '../miner/generate-groups.ts'
import { openPolicies } from '../model/policy.ts'
import { encodeBundle } from '../shared/protocol/bundle.ts'
import { commitmentOf } from '../shared/protocol/commitment.ts'
import type { Bundle, Group } from '../shared/protocol/rollout.ts'
import { minerScore } from '../shared/protocol/score.ts'
import { type AuditJob, auditBundle } from '../validator/audit-bundle.ts'
import { summarise } from '../validator/summarise.ts'
import { auditRates, type CostRow, windowSizes } from './cost.ts'
import {
  type Assignment,
  chainId,
  miner,
  seedOf,
  rules as standard,
  subnet,
  validator,
  window,
} from './window.ts'

/** Groups answered at once, as miner/mine-window.ts does with 8 rollouts a group. */
const batch = 8
/** Audits of one bundle; the least is taken, since whatever else ran can only have added to the others. */
const repetitions = 3

const assignment: Assignment = JSON.parse(process.argv[2])
const shelf = openPolicies({ checkpoints: [assignment.checkpoints], dataset: null })
const policy = await shelf.open(assignment.policy)
const windowSeed = seedOf('window', assignment.run)
const auditSeed = seedOf('audit', assignment.run)
const { groupSize } = standard
const maxGroups = Math.max(...windowSizes) / groupSize

await answer(seedOf('warm-up', assignment.run), 0)
const groups: Group[] = []
/** Processor time until so many groups were done, by batch. */
const generatedMs = [0]
while (groups.length < maxGroups) {
  const [answered, ms] = await processorTime(() => answer(windowSeed, groups.length))
  groups.push(...answered)
  generatedMs.push((generatedMs.at(-1) as number) + ms)
}

const rows: CostRow[] = []
for (const { name, auditRatePpm, auditFloor } of auditRates) {
  for (const rollouts of windowSizes) {
    rows.push(await measure(name, { ...standard, maxGroups, auditRatePpm, auditFloor }, rollouts / groupSize))
  }
}
console.log(JSON.stringify(rows))
await shelf.close()

function answer(seed: Bundle['policy'], firstGroup: number): Promise<Group[]> {
  return generateGroups(policy, {
    policy: assignment.policy,
    windowSeed: seed,
    miner,
    firstGroup,
    groups: batch,
    groupSize,
  })
}

async function measure(rate: CostRow['rate'], rules: typeof standard, count: number): Promise<CostRow> {
  const bundle: Bundle = {
    chainId,
    subnet,
    window,
    miner,
    policy: assignment.policy,
    groups: groups.slice(0, count),
  }
  const [bytes, encodeMs] = await processorTime(() => encodeBundle(bundle))
  const [commitment, commitMs] = await processorTime(() => commitmentOf(bundle, bytes))
  const committed = { ...bundle, ...commitment }
  const job: AuditJob = {
    bytes,
    committed,
    window,
    windowSeed,
    auditSeed,
    miner,
    validator,
    rules,
    suspect: false,
  }
  const fixed = { ...job, rules: { ...rules, auditRatePpm: 0, auditFloor: 1 } }
  const [{ audited, rejected }, verificationMs] = await leastTime(job)
  if (rejected > 0) throw new Error(`${rejected} honest rollouts were rejected`)
  const [, fixedMs] = await leastTime(fixed)
  const generationMs = generatedMs[count / batch] + encodeMs + commitMs
  const tokens = bundle.groups.flatMap(({ rollouts }) => rollouts.flatMap((rollout) => rollout.tokens)).length
  return { rate, rollouts: count * groupSize, tokens, audited, generationMs, verificationMs, fixedMs }
}

/** The whole of what a validator computes about a bundle that it has fetched, its score included. */
async function leastTime(job: AuditJob) {
  const runs: number[] = []
  let summary: ReturnType<typeof summarise> | undefined
  for (let run = 0; run < repetitions; run++) {
    const [found, ms] = await processorTime(async () => {
      const report = await auditBundle(policy, job)
      const found = summarise(report)
      minerScore({ ...report, ...found, excluded: false }, job.rules.coefficients)
      return found
    })
    summary = found
    runs.push(ms)
  }
  return [summary as ReturnType<typeof summarise>, Math.min(...runs)] as const
}

/** Processor time, since both sides run on one thread and machines are shared. */
async function processorTime<Result>(run: () => Result | Promise<Result>): Promise<[Result, number]> {
  const before = process.cpuUsage()
  const result = await run()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1000]
}
