import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bytesToHex } from 'viem'
import { announceBundles } from '../../miner/announce-bundles.ts'
import { generateGroups } from '../../miner/generate-groups.ts'
import { openMinerJournal } from '../../miner/journal.ts'
import { mineWindow } from '../../miner/mine-window.ts'
import { findCheckpoint } from '../../model/find-checkpoint.ts'
import { openPolicies, type Policy } from '../../model/policy.ts'
import { claimRewards } from '../../shared/chain/claim-rewards.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import { readBlockNumber } from '../../shared/chain/read-block-number.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { commitDeadline, epochEnd, revealEnd, windowStart } from '../../shared/protocol/schedule.ts'
import { type DirectoryStore, directoryStore } from '../../shared/store/directory-store.ts'
import { serveStore } from '../../shared/store/http-server.ts'
import { auditBundle } from '../../validator/audit-bundle.ts'
import { revealEndedEpoch } from '../../validator/duties/reveal-epoch.ts'
import { scoreRunningEpoch } from '../../validator/duties/score-epoch.ts'
import { settleEndedEpochs } from '../../validator/duties/settle-epochs.ts'
import { openValidatorJournal, type ScoreRow } from '../../validator/journal.ts'
import type { Validator } from '../../validator/validator.ts'
import { peakMemoryMiB } from '../stopwatch.ts'
import { type Crowd, type CrowdSize, checkpoints, createCrowd } from './crowd.ts'
import type { Sent } from './meter.ts'

/** One epoch of a crowd. */
export interface EpochFigures extends CrowdSize {
  /** By function: everybody's transactions. */
  readonly transactions: Readonly<Record<string, Sent>>
  readonly validator: ValidatorFigures
  /** One miner: what it asked of the chain. */
  readonly miner: { readonly requests: number; readonly chainBytes: number }
  /** All bundles, as their miners store them. */
  readonly bundleBytes: number
  readonly wallSeconds: number
  /** Of the whole simulation: chain, miners, validators and their stores in one process. */
  readonly peakMiB: number
}

/** The work of one validator in an epoch; every validator's is the same but for its own sample. */
export interface ValidatorFigures {
  readonly auditedMiners: number
  readonly auditedRollouts: number
  readonly auditedTokens: number
  readonly rejectedRollouts: number
  /** Processor time of judging bundles, all threads. */
  readonly auditCpuSeconds: number
  /** From bundles' URIs. */
  readonly fetchedBytes: number
  readonly requests: number
  readonly chainBytes: number
  /** Its journal on disk. */
  readonly journalBytes: number
}

/**
 * An epoch with the code that the roles run: every miner generates its own bundle, validator 0 does all of a
 * validator's duties, and settles. The others would come to the same row, since all bundles are honest, and all but
 * the audit of theirs is done: each commits and reveals that row under a salt and an evidence root of its own. One
 * miner and validator 0 claim.
 * @param directory empty; for stores and journals
 */
export async function measureEpoch(
  size: CrowdSize,
  directory: string,
  onStep: (step: string) => void,
  signal: AbortSignal,
): Promise<EpochFigures> {
  const startedMs = performance.now()
  const manifest = readFileSync(join(checkpoints, 'default', 'manifest.json'), 'utf8')
  onStep('registering')
  const crowd = await createCrowd(size, manifest, signal)
  const shelf = openPolicies({ checkpoints: [checkpoints], dataset: null })
  const bundles = join(directory, 'bundles')
  const counted = countReads(directoryStore(bundles))
  const server = await serveStore({ store: counted.store, host: '127.0.0.1', port: 0 })
  const journal = openValidatorJournal(join(directory, 'validator', 'journal.sqlite'))
  try {
    const policy = await shelf.open(crowd.policy)
    const audit = meterAudits(policy)
    const validator = { ...validatorOf(crowd, journal), audits: audit.thread }
    const act = async (duty: (by: Validator, block: bigint) => Promise<void>) =>
      duty(validator, await crowd.subnet.block())

    for (let window = 0; window < size.windows; window++) {
      await passTo(crowd, windowStart(crowd.schedule, window) + 1n)
      for (let uid = 0; uid < size.miners; uid++) {
        signal.throwIfAborted()
        onStep(`window ${window + 1} of ${size.windows}: miner ${uid + 1} of ${size.miners}`)
        await mine(crowd, policy, uid, window, { directory, store: counted.store, url: server.url })
      }
      onStep(`window ${window + 1} of ${size.windows}: audit`)
      await passTo(crowd, commitDeadline(crowd.schedule, window))
      await act((by, block) => scoreRunningEpoch(by).run(block))
    }
    const row = journal.findRow(0)
    if (!row) throw new Error('the validator has come to no scores')
    onStep('scores and settlement')
    const others = Array.from({ length: size.validators - 1 }, (_, i) => otherOf(crowd, i + 1, row))
    for (const { network, theirs } of others) await commitScores(network.chain, theirs)
    await passTo(crowd, epochEnd(crowd.schedule, 0))
    await act(revealEndedEpoch)
    for (const { network, theirs } of others) await revealScores(network.chain, theirs)
    await passTo(crowd, revealEnd(crowd.schedule, 0))
    await act(settleEndedEpochs)
    await claimRewards(validator.network.chain, 'validator', 0, [0])
    await claimRewards(crowd.networkOf('miner', 0).chain, 'miner', 0, [0])

    const asked = crowd.meter.askedBy('validator 0')
    const mined = crowd.meter.askedBy('miner 0')
    return {
      ...size,
      transactions: await crowd.meter.sent(),
      validator: {
        ...audit.figures(),
        fetchedBytes: counted.bytes(),
        requests: asked.requests,
        chainBytes: asked.bytes,
        journalBytes: bytesBelow(join(directory, 'validator')),
      },
      miner: { requests: mined.requests, chainBytes: mined.bytes },
      bundleBytes: bytesBelow(bundles),
      wallSeconds: (performance.now() - startedMs) / 1000,
      peakMiB: peakMemoryMiB(),
    }
  } finally {
    journal.close()
    await server.close()
    await shelf.close()
    await crowd.close()
  }
}

/** Blocks of this chain take no time, and a window that opened and closed in one second would draw one round twice. */
async function passTo({ subnet }: Crowd, block: bigint): Promise<void> {
  await subnet.rpc('evm_increaseTime', [2])
  await subnet.advanceTo(block)
}

const policies: Validator['policies'] = {
  shelf: checkpoints,
  obtain: ({ manifestHash }) => findCheckpoint([checkpoints], manifestHash),
}

function validatorOf(crowd: Crowd, journal: Validator['journal']): Omit<Validator, 'audits'> {
  return {
    network: crowd.networkOf('validator', 0),
    uid: 0,
    journal,
    policies,
    replay: null,
    allowPrivateHosts: true,
    drawSalt: () => randomBytes(32),
  }
}

function otherOf(crowd: Crowd, uid: number, row: ScoreRow) {
  const salt = bytesToHex(randomBytes(32))
  const theirs = { ...row, salt, evidenceRoot: bytesToHex(randomBytes(32)) }
  return { network: crowd.networkOf('validator', uid), theirs }
}

async function mine(
  crowd: Crowd,
  policy: Policy,
  uid: number,
  window: number,
  { directory, store, url }: { directory: string; store: DirectoryStore; url: string },
): Promise<void> {
  const journal = openMinerJournal(join(directory, 'miners', `${uid}.sqlite`))
  const produce = (task: Parameters<typeof generateGroups>[1]) => generateGroups(policy, task)
  const network = crowd.networkOf('miner', uid)
  try {
    const miner = { network, uid, journal, store, publicUrl: url, produce, policies }
    await announceBundles(miner).run(await readBlockNumber(network.chain))
    await mineWindow(miner, window)
  } finally {
    journal.close()
  }
}

/** The audit as a validator's thread runs it, here on this thread, with a watch on it. */
function meterAudits(policy: Policy) {
  let [auditedMiners, auditedRollouts, auditedTokens, rejectedRollouts, cpuMicros] = [0, 0, 0, 0, 0]
  const thread: Validator['audits'] = {
    async run(job) {
      const before = process.cpuUsage()
      const report = await auditBundle(policy, job)
      const { user, system } = process.cpuUsage(before)
      cpuMicros += user + system
      auditedMiners++
      auditedRollouts += report.verdicts.length
      for (const { tokens, rejection } of report.verdicts) {
        auditedTokens += tokens
        if (rejection) rejectedRollouts++
      }
      if (report.bundleRejection) throw new Error(`an honest bundle: ${report.bundleRejection.reason}`)
      return report
    },
    cpuMs: () => cpuMicros / 1e3,
    async close() {},
  }
  const figures = () => ({
    auditedMiners,
    auditedRollouts,
    auditedTokens,
    rejectedRollouts,
    auditCpuSeconds: cpuMicros / 1e6,
  })
  return { thread, figures }
}

function countReads(store: DirectoryStore): { store: DirectoryStore; bytes(): number } {
  let bytes = 0
  const openRead: DirectoryStore['openRead'] = async (hash) => {
    const opened = await store.openRead(hash)
    bytes += opened.sizeBytes
    return opened
  }
  return { store: { ...store, openRead }, bytes: () => bytes }
}

function bytesBelow(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}
