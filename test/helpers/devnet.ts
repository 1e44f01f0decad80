import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Child, ChildEvent } from '../../cli/devnet/child.ts'
import type { Registered, Stage } from '../../cli/devnet/conductor.ts'
import { type Behaviour, createParticipants } from '../../cli/devnet/participants.ts'
import { type DevnetNetwork, startNetwork } from '../../cli/devnet/start-network.ts'
import { startRole } from '../../cli/devnet/start-roles.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { wordProblems } from '../../shared/environments/word-problems.ts'

/** A real devnet whose roles a test starts, watches and kills by hand. */
export interface TestDevnet {
  readonly network: DevnetNetwork
  readonly stage: Stage
  participant(name: string): Registered
  start(name: string, onEvent?: (event: ChildEvent) => void): void
  /** As a power cut would: no signal handler runs. Resolves when the process is gone. */
  kill(name: string): Promise<void>
  /** Everything that a role has logged, over all its lives. */
  events(name: string): readonly ChildEvent[]
  close(): Promise<void>
}

export async function startTestDevnet(cast: {
  miners: number
  validators: number
  adversaries?: readonly Exclude<Behaviour, 'honest'>[]
}): Promise<TestDevnet> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  const controller = new AbortController()
  const servers: Child[] = []
  const roles = new Map<string, Child>()
  const events = new Map<string, ChildEvent[]>()
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
      signal: controller.signal,
      onChild: (child) => servers.push(child),
      onStep: () => {},
    })
    const participant = (name: string) => {
      const found = network.participants.find((candidate) => candidate.name === name)
      if (!found) throw new Error(`no participant ${name}`)
      return found
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
      start(name, onEvent) {
        const seen = events.get(name) ?? []
        events.set(name, seen)
        const note = (event: ChildEvent) => {
          seen.push(event)
          onEvent?.(event)
        }
        const options = { logs: join(dataDir, 'logs'), dataset: undefined, onEvent: note }
        roles.set(name, startRole(network, participant(name), options))
      },
      async kill(name) {
        const child = roles.get(name)
        if (child?.pid === undefined) throw new Error(`${name} does not run`)
        process.kill(child.pid, 'SIGKILL')
        await child.stop()
      },
      events: (name) => events.get(name) ?? [],
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
