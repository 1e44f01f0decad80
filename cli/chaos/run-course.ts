import { appendFileSync } from 'node:fs'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Phase } from '../devnet/conductor.ts'
import { renderPhase } from '../devnet/render.ts'
import { watchBoard } from '../devnet/watch-board.ts'
import type { ChaosValues } from './chaos-settings.ts'
import { kindOf, type PlannedFault, victimOf } from './fault.ts'
import type { Sample } from './fit-slope.ts'
import { inject, type World } from './inject.ts'
import { passWindow } from './pass-window.ts'
import { planWindow } from './plan-faults.ts'
import { readDuties } from './read-duties.ts'
import type { Hit } from './recovery.ts'
import { renderFaults, sum } from './render-chaos.ts'

/** Windows without faults after the last with some: who does not come back in these does not come back. */
const calmWindows = 2
/** Faults planned for a window besides kills at journal steps. */
const mostPlanned = 140
/** Between looks at the memory of roles. */
const sampleMs = 5000

/** What happened, window by window. */
export interface Course {
  readonly hits: readonly Hit[]
  readonly byKind: Readonly<Record<string, number>>
  readonly withoutEffect: number
  /** By window: who did their part. */
  readonly done: readonly ReadonlySet<string>[]
  /** Of the time without faults, by role. */
  readonly memory: ReadonlyMap<string, readonly Sample[]>
}

/**
 * Windows with faults until enough have taken effect or the time is up, then windows without.
 * @param chronicle file that gets a line for each fault
 * @throws SubnetError EXPECTATION_BROKEN when chain or beacon ends
 */
export async function runCourse(
  values: ChaosValues,
  world: World,
  { chronicle, signal, seconds }: { chronicle: string; signal: AbortSignal; seconds(): number },
): Promise<Course> {
  const { network, servers } = world
  const { participants, chain } = network
  const hits: Hit[] = []
  const byKind: Record<string, number> = {}
  const done: Set<string>[] = []
  const memory = new Map<string, Sample[]>(participants.map(({ name }) => [name, []]))
  const cast = { roles: participants, disks: [...world.disks.keys()] }
  let planned = 0
  let at = { window: 0, phase: 'generate' as Phase }
  const line = () => {
    const progress = { ...at, windows: Math.max(done.length, at.window + 1), seconds: seconds() }
    return `${renderPhase(progress)}  ${renderFaults(byKind, values.faults)}`
  }
  const board = watchBoard({ draw: async () => line(), line })
  const stage = {
    ...{ chain, participants, signal, schedule: await readSchedule(chain) },
    onPhase(window: number, phase: Phase) {
      at = { window, phase }
      board.entered()
    },
  }

  /** One window; whatever was begun in it ends with it. */
  async function pass(plan: readonly PlannedFault[], whilePassing: () => void = () => {}): Promise<void> {
    const window = done.length
    const over = new AbortController()
    const under: Promise<void>[] = []
    const begin = ({ fault }: PlannedFault) => {
      const note = (does: string) => {
        appendFileSync(chronicle, `${JSON.stringify({ seconds: seconds(), ...at, does, fault })}\n`)
      }
      note('begun')
      const bites = () => {
        const kind = kindOf(fault)
        byKind[kind] = (byKind[kind] ?? 0) + 1
        hits.push({ window, role: victimOf(fault) })
        note('took effect')
      }
      const begun = inject(world, fault, AbortSignal.any([signal, over.signal]), bites)
      // The chain that is to be reorganised may be frozen.
      under.push(begun.catch((error: Error) => note(`failed: ${error.message}`)))
    }
    planned += plan.length
    const timer = setInterval(whilePassing, sampleMs)
    try {
      await passWindow(stage, window, plan, begin)
    } finally {
      clearInterval(timer)
      over.abort()
      await Promise.all(under)
    }
    done.push(await readDuties(chain, participants, window))
    const crashed = servers.map((server) => server.crash()).find((crash) => crash !== null)
    if (crashed) throw new SubnetError('EXPECTATION_BROKEN', crashed)
  }

  try {
    while (sum(byKind) < values.faults && seconds() < 60 * values.minutes) {
      await pass(planWindow(values.seed, done.length, cast, Math.min(mostPlanned, values.faults)))
    }
    for (let i = 0; i < calmWindows; i++) await pass([])
    const soakEnds = seconds() + 60 * values.soak
    while (seconds() < soakEnds) {
      await pass([], () => {
        for (const [name, role] of world.roles) {
          const bytes = role.memoryBytes()
          if (bytes > 0) memory.get(name)?.push({ seconds: seconds(), bytes })
        }
      })
    }
  } finally {
    await board.stop()
  }
  return { hits, byKind, withoutEffect: planned - sum(byKind), done, memory }
}
