import { exportParts } from '../../learner/export/export-parts.ts'
import type { ExportedPart } from '../../learner/export/export-record.ts'
import type { Format } from '../../learner/export/formats.ts'
import { type OfferedPart, verifyPart } from '../../learner/export/verified-part.ts'
import { openPolicies, type PolicyShelf } from '../../model/policy.ts'
import { deriveSeeds } from '../../validator/explain.ts'
import { readCase } from '../observer/read-case.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'

export interface ExportValues {
  readonly format: Format
  readonly out: string
  readonly case: readonly string[]
  readonly deployment: string | undefined
  readonly checkpoints: readonly string[]
  readonly dataset: string | undefined
}

export interface ExportSummary {
  readonly out: string
  readonly groups: number
  readonly parts: readonly ExportedPart[]
}

/** Exports what cases hold, which need no network: each is one miner's bundle and all that its verdicts depend on. */
export async function exportCases(
  values: ExportValues,
  print: (line: string) => void,
): Promise<ExportSummary> {
  const policies = openPolicies({ checkpoints: checkpointRoots(values), dataset: values.dataset ?? null })
  try {
    const record = await exportParts(values.out, values.format, offer(values, policies), (part, already) => {
      const { window, miner, groups, rollouts, refused } = part
      const what = refused === null ? `${groups} groups, ${rollouts} rollouts` : `refused, ${refused}`
      print(`window ${window}, miner ${miner}: ${what}${already ? ' (there already)' : ''}`)
    })
    const parts = record?.parts ?? []
    return { out: values.out, groups: parts.reduce((sum, { groups }) => sum + groups, 0), parts }
  } finally {
    await policies.close()
  }
}

async function* offer(values: ExportValues, policies: PolicyShelf): AsyncGenerator<OfferedPart> {
  for (const path of values.case) {
    const facts = readCase(path, values.deployment)
    const { chainId, subnet, window, miner, rules, commitment, bundle: bytes } = facts
    yield {
      ...{ chainId, subnet, window, miner, root: commitment.root },
      async verify() {
        const { windowSeed } = await deriveSeeds(facts)
        const committed = { chainId, subnet, window, miner, policy: facts.policy, ...commitment }
        return verifyPart(await policies.open(facts.policy), { bytes, committed, windowSeed, rules })
      },
    }
  }
}
