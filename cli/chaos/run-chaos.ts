import { join } from 'node:path'
import { readSettlements } from '../../shared/chain/read-settlements.ts'
import { systemClock } from '../../shared/clock.ts'
import { wordProblems } from '../../shared/environments/word-problems.ts'
import type { Child } from '../devnet/child.ts'
import { readLedger } from '../devnet/ledger.ts'
import { journalOf } from '../devnet/outcome.ts'
import { createParticipants } from '../devnet/participants.ts'
import { renderStep } from '../devnet/render.ts'
import { startNetwork } from '../devnet/start-network.ts'
import type { ChaosReport } from './chaos-report.ts'
import type { ChaosValues } from './chaos-settings.ts'
import { countGaps } from './count-gaps.ts'
import { bytesPerHour } from './fit-slope.ts'
import { mountSmallDisk, type SmallDisk } from './full-disk.ts'
import type { World } from './inject.ts'
import { disksOf, openWorld } from './open-world.ts'
import { longestRecovery } from './recovery.ts'
import { sum } from './render-chaos.ts'
import { type Course, runCourse } from './run-course.ts'
import { findDoubleCommits, type SignedCommitment } from './signed-commitments.ts'

/** Little work for the machine: faults are what it is about. */
const windowSize = { groupSize: 4, maxGroups: 4 }
/** Room in every phase for confirmations and for blocks that come by themselves. */
const spareBlocks = 80

/**
 * A devnet in which things go wrong, the same things for the same seed. What the roles make of it is read from the
 * chain, from their journals, and from every transaction that left them.
 */
export async function runChaos(
  values: ChaosValues,
  dataDir: string,
  signal: AbortSignal,
): Promise<ChaosReport> {
  const startedMs = systemClock.elapsedMs()
  const seconds = () => (systemClock.elapsedMs() - startedMs) / 1000
  const servers: Child[] = []
  const signed: SignedCommitment[] = []
  const reorganised: Record<string, number> = {}
  let disks: ReadonlyMap<string, SmallDisk> = new Map()
  try {
    const participants = createParticipants({ ...values, dataDir, adversaries: [] })
    disks = disksOf(participants, mountSmallDisk)
    if (disks.size === 0) console.log('no disk is filled: this user may not mount one')
    const network = await startNetwork({
      ...{ dataDir, signal, participants, spareBlocks, seed: values.seed, port: 0, profile: 'fast' },
      environment: wordProblems,
      window: windowSize,
      onChild: (child) => servers.push(child),
      onStep: (step) => console.log(renderStep(seconds(), step)),
    })
    const world = await openWorld({
      ...{ network, servers, disks, dataDir, signed },
      onReorganised(blocks) {
        reorganised[blocks] = (reorganised[blocks] ?? 0) + 1
      },
    })
    try {
      const chronicle = join(dataDir, 'logs', 'faults.jsonl')
      const course = await runCourse(values, world, { chronicle, signal, seconds })
      const harm = await readHarm(world, course)
      const doubleCommits = findDoubleCommits(signed)
      return { seed: values.seed, seconds: seconds(), ...harm, reorganised, doubleCommits }
    } finally {
      await world.close()
    }
  } finally {
    await Promise.all(servers.map((child) => child.stop()))
    for (const disk of disks.values()) disk.unmount()
  }
}

type Harm = Omit<ChaosReport, 'seed' | 'seconds' | 'reorganised' | 'doubleCommits'>

async function readHarm({ network, roles }: World, course: Course): Promise<Harm> {
  const { participants, chain } = network
  const { hits, byKind, withoutEffect, done, memory } = course
  const names = participants.map(({ name }) => name)
  const journals = participants
    .filter(({ role }) => role === 'validator')
    .map((validator) => journalOf(chain.deployment, validator))
  const ledger = readLedger(journals, participants.length - journals.length)
  const recovery = longestRecovery(hits, names, done)
  const settlements = await readSettlements(
    chain,
    done.map((_, epoch) => epoch),
  )
  return {
    ...{ roles: names, windows: done.length, faults: sum(byKind), byKind, withoutEffect },
    lost: done.flatMap((did, window) =>
      names.filter((name) => !did.has(name)).map((role) => ({ window, role })),
    ),
    voidedEpochs: settlements.filter(({ voided }) => voided).length,
    falseVerdicts: ledger.reduce<Record<string, number>>((all, { reasons }) => addUp(all, reasons), {}),
    auditedRollouts: ledger.reduce((total, { audited }) => total + audited, 0),
    unjudged: countGaps(journals),
    recoveryWindows: recovery.windows,
    notRecovered: recovery.missing,
    starts: [...roles.values()].reduce((total, role) => total + role.starts(), 0),
    exits: [...roles.values()]
      .flatMap(({ exits }) => exits)
      .reduce<Record<string, number>>((all, code) => addUp(all, { [code]: 1 }), {}),
    memoryGrowth: Object.fromEntries(
      [...memory].flatMap(([name, samples]) => {
        const growth = bytesPerHour(samples)
        return growth === null ? [] : [[name, growth / 2 ** 20]]
      }),
    ),
  }
}

function addUp(all: Record<string, number>, more: Readonly<Record<string, number>>): Record<string, number> {
  for (const [what, count] of Object.entries(more)) all[what] = (all[what] ?? 0) + count
  return all
}
