import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportParts } from '../../learner/export/export-parts.ts'
import type { ExportedPart } from '../../learner/export/export-record.ts'
import type { Format } from '../../learner/export/formats.ts'
import type { OfferedPart } from '../../learner/export/verified-part.ts'
import { keepPolicies } from '../../model/distribution/policy-keeper.ts'
import { openPolicies } from '../../model/policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { createLogger } from '../logger.ts'
import { openObserver } from '../observer/open-observer.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import { offerCases } from './offer-cases.ts'
import { offerWindows, type WindowRange } from './offer-windows.ts'

export interface ExportValues {
  readonly format: Format
  readonly out: string
  readonly case: readonly string[]
  readonly windows: WindowRange | undefined
  readonly deployment: string | undefined
  readonly rpc: string | undefined
  readonly relay: readonly string[]
  readonly checkpoints: readonly string[]
  readonly dataset: string | undefined
  readonly allowPrivateHosts: boolean
}

export interface ExportSummary {
  readonly out: string
  readonly groups: number
  readonly parts: readonly ExportedPart[]
  /** Bundles that nobody gave. */
  readonly missed: number
}

/** Exports what cases hold, or what miners committed to windows. */
export async function exportRollouts(
  values: ExportValues,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<ExportSummary> {
  const dir = await mkdtemp(join(tmpdir(), 'rollproof-export-'))
  const shelf = join(dir, 'checkpoints')
  const roots = checkpointRoots(values)
  const policies = openPolicies({ checkpoints: [...roots, shelf], dataset: values.dataset ?? null })
  let missed = 0
  try {
    const parts = await offered()
    const record = await exportParts(values.out, values.format, parts, {
      seen({ window, miner, groups, rollouts, refused }, already) {
        const what = refused === null ? `${groups} groups, ${rollouts} rollouts` : `refused, ${refused}`
        print(`window ${window}, miner ${miner}: ${what}${already ? ' (there already)' : ''}`)
      },
      missed({ window, miner }, why) {
        missed++
        print(`window ${window}, miner ${miner}: could not be had, ${why}`)
      },
    })
    const all = record?.parts ?? []
    const groups = all.reduce((sum, part) => sum + part.groups, 0)
    return { out: values.out, groups, parts: all, missed }
  } finally {
    await policies.close()
    await rm(dir, { recursive: true, force: true })
  }

  async function offered(): Promise<AsyncIterable<OfferedPart>> {
    const { deployment, rpc, relay, windows, allowPrivateHosts } = values
    const named = values.case.length > 0
    if (named && windows === undefined) return offerCases(values.case, deployment, policies)
    if (named || windows === undefined || deployment === undefined || rpc === undefined) {
      throw new SubnetError(
        'CONFIG_INVALID',
        'give --case FILEs, or --windows FROM-TO with --deployment and --rpc; see --help',
      )
    }
    const observer = await openObserver({ deployment, rpc, relay }, signal)
    const store = directoryStore(join(dir, 'pieces'))
    const log = createLogger('export', 'error')
    const keeper = keepPolicies({ roots, shelf, peers: [], store, log, signal, allowPrivateHosts })
    return offerWindows({ observer, policies: keeper, shelf: policies, allowPrivateHosts }, windows)
  }
}
