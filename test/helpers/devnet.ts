import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Child, ChildEvent } from '../../cli/devnet/child.ts'
import type { Registered, Stage } from '../../cli/devnet/conductor.ts'
import { type Cheat, createParticipants } from '../../cli/devnet/participants.ts'
import { type DevnetNetwork, startNetwork } from '../../cli/devnet/start-network.ts'
import { startLearner, startRole } from '../../cli/devnet/start-roles.ts'
import { devnetWindow } from '../../cli/devnet/subnet-config.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { wordProblems } from '../../shared/environments/word-problems.ts'

/** A real devnet whose roles a test starts, watches and kills by hand. */
export interface TestDevnet {
  readonly network: DevnetNetwork
  readonly stage: Stage
  participant(name: string): Registered
  /** @param instead where the role is to find what it needs, where that is not the truth */
  start(name: string, options?: { onEvent?(event: ChildEvent): void; instead?: Partial<DevnetNetwork> }): void
  /** Under the account that may publish; it goes by the name `learner`. */
  startLearner(flags: readonly string[], options?: { onEvent?(event: ChildEvent): void }): void
  /** The first event with this message and these fields, past or to come; rejects when the role ends without it. */
  event(name: string, message: string, fields?: ChildEvent): Promise<ChildEvent>
  /** How a role ended that nobody stopped; null while it runs. */
  crash(name: string): string | null
  /** As a power cut would: no signal handler runs. Resolves when the process is gone. */
  kill(name: string): Promise<void>
  stop(name: string): Promise<void>
  /** Of the chain or the beacon. */
  signalServer(name: 'chain' | 'beacon', signal: NodeJS.Signals): void
  /** Everything that a role has logged, over all its lives. */
  events(name: string): readonly ChildEvent[]
  close(): Promise<void>
}

export async function startTestDevnet(cast: {
  miners: number
  validators: number
  adversaries?: readonly Cheat[]
}): Promise<TestDevnet> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  const controller = new AbortController()
  const servers: Child[] = []
  const roles = new Map<string, Child>()
  const events = new Map<string, ChildEvent[]>()
  const role = (name: string) => {
    const child = roles.get(name)
    if (!child) throw new Error(`${name} was not started`)
    return child
  }
  const close = async () => {
    controller.abort()
    await Promise.all([...roles.values(), ...servers].map((child) => child.stop()))
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const network = await startNetwork({
      dataDir,
      seed: 7,
      port: 0,
      environment: wordProblems,
      profile: 'fast',
      participants: createParticipants({ adversaries: [], ...cast, seed: 7, dataDir }),
      window: devnetWindow,
      signal: controller.signal,
      onChild: (child) => servers.push(child),
      onStep: () => {},
    })
    const participant = (name: string) => {
      const found = network.participants.find((candidate) => candidate.name === name)
      if (!found) throw new Error(`no participant ${name}`)
      return found
    }
    const watch = (name: string, onEvent?: (event: ChildEvent) => void) => {
      const seen = events.get(name) ?? []
      events.set(name, seen)
      const note = (event: ChildEvent) => {
        seen.push(event)
        onEvent?.(event)
      }
      return { logs: join(dataDir, 'logs'), dataset: undefined, onEvent: note }
    }
    return {
      network,
      participant,
      stage: {
        chain: network.chain,
        schedule: await readSchedule(network.chain),
        participants: network.participants,
        signal: controller.signal,
        crash: () => servers.map((child) => child.crash()).find((crash) => crash !== null) ?? null,
        onPhase: () => {},
      },
      start(name, { onEvent, instead } = {}) {
        roles.set(name, startRole({ ...network, ...instead }, participant(name), watch(name, onEvent)))
      },
      startLearner(flags, { onEvent } = {}) {
        roles.set('learner', startLearner(network, { ...watch('learner', onEvent), flags }))
      },
      async event(name, message, fields = {}) {
        const wanted = Object.entries({ ...fields, message })
        for (;;) {
          const found = events
            .get(name)
            ?.find((event) => wanted.every(([key, value]) => event[key] === value))
          if (found) return found
          const crash = role(name).crash()
          if (crash) throw new Error(`waited for "${message}": ${crash}`)
          await pause(50)
        }
      },
      crash: (name) => role(name).crash(),
      async kill(name) {
        process.kill(Number(role(name).pid), 'SIGKILL')
        await role(name).stop()
      },
      stop: (name) => role(name).stop(),
      signalServer(name, signal) {
        process.kill(Number(servers.find((server) => server.name === name)?.pid), signal)
      },
      events: (name) => events.get(name) ?? [],
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
