import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { systemClock } from '../../shared/clock.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Child } from './child.ts'
import { conductWindow, type Phase } from './conductor.ts'
import type { DevnetValues } from './devnet-settings.ts'
import { firstBrokenExpectation } from './expectations.ts'
import { keepRunning } from './keep-running.ts'
import { readOutcome, reportOf } from './outcome.ts'
import { createParticipants } from './participants.ts'
import { type Progress, renderBoard, renderPhase, renderStep } from './render.ts'
import { startDashboard } from './start-dashboard.ts'
import { type DevnetNetwork, startNetwork } from './start-network.ts'
import { startRole } from './start-roles.ts'
import { watchBoard } from './watch-board.ts'

/**
 * The main job on one machine: every process of a subnet, real, for some windows.
 * @returns the first broken expectation, or null
 */
export async function runDevnet(
  values: DevnetValues,
  dataDir: string,
  signal: AbortSignal,
): Promise<string | null> {
  const startedMs = systemClock.nowMs()
  const seconds = () => (systemClock.nowMs() - startedMs) / 1000
  const children: Child[] = []
  const watchers: Child[] = []
  try {
    const network = await startNetwork({
      dataDir,
      seed: values.seed,
      port: values.port,
      environment: findEnvironment(values.environment, { gsm8kPath: values.dataset }),
      profile: values.numerics,
      given: values.policy,
      participants: createParticipants({ ...values, dataDir, adversaries: values.adversary }),
      window: { groupSize: values.groupSize, maxGroups: values.groups },
      signal,
      onChild: (child) => children.push(child),
      onStep: (step) => console.log(renderStep(seconds(), step)),
    })
    console.log(renderStep(seconds(), `policy ${network.policy.active.manifestHash}`))
    const dashboard = values.keep
      ? await startDashboard(network, { dataDir, dataset: values.dataset, signal })
      : null
    if (dashboard) {
      watchers.push(dashboard.child)
      console.log(renderStep(seconds(), `dashboard ${dashboard.url}`))
    }
    const broken = await runWindows(values, dataDir, network, children, signal, seconds)
    if (dashboard && !broken) await keepRunning(network, dataDir, dashboard.url, signal)
    return broken
  } finally {
    await Promise.all([...watchers, ...children].map((child) => child.stop()))
  }
}

async function runWindows(
  values: DevnetValues,
  dataDir: string,
  network: DevnetNetwork,
  children: Child[],
  signal: AbortSignal,
  seconds: () => number,
): Promise<string | null> {
  const { chain, participants } = network
  const tokens = new Map<string, number>()
  const setupSeconds = seconds()
  for (const participant of participants) {
    const onEvent = (event: Readonly<Record<string, unknown>>) => {
      if (event.message !== 'prepared window' || Number(event.window) >= values.windows) return
      tokens.set(participant.name, (tokens.get(participant.name) ?? 0) + Number(event.tokens))
    }
    const logs = join(dataDir, 'logs')
    children.push(startRole(network, participant, { logs, dataset: values.dataset, onEvent }))
  }
  const phaseSeconds: Record<string, number> = {}
  let progress: Progress = { window: 0, windows: values.windows, phase: 'generate', seconds: seconds() }
  const look = () =>
    readOutcome(chain, participants, progress.window + 1, ({ name }) => tokens.get(name) ?? 0)
  const now = () => ({ ...progress, seconds: seconds() })
  const board = watchBoard({
    draw: async () => {
      const outcome = await look().catch(() => null)
      return outcome && renderBoard(outcome, now())
    },
    line: () => renderPhase(now()),
  })
  const enter = (window: number, phase: Phase | 'done') => {
    const spent = seconds() - progress.seconds
    phaseSeconds[progress.phase] = (phaseSeconds[progress.phase] ?? 0) + spent
    progress = { ...progress, window, phase, seconds: seconds() }
    board.entered()
  }
  const stage = {
    chain,
    schedule: await readSchedule(chain),
    participants,
    signal,
    crash: () => children.map((child) => child.crash()).find((crash) => crash !== null) ?? null,
    onPhase: enter,
  }
  let failure: string | null = null
  try {
    for (let window = 0; window < values.windows; window++) {
      await conductWindow(stage, window)
      await board.settled()
    }
    enter(values.windows - 1, 'done')
  } catch (error) {
    signal.throwIfAborted()
    failure = stage.crash() ?? brokenExpectation(error)
  } finally {
    await board.stop()
  }
  // A chain that crashed cannot tell how far it came; that it crashed is the news.
  const outcome = failure === null ? await look() : await look().catch(() => null)
  if (!outcome) return failure
  const timings = { setupSeconds, ...phaseSeconds, totalSeconds: seconds() }
  if (values.report) {
    const { environment } = values
    const report = reportOf(outcome, { environment, policy: network.policy.active.manifestHash, timings })
    writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
  }
  return failure ?? stage.crash() ?? firstBrokenExpectation(outcome)
}

function brokenExpectation(error: unknown): string {
  if (error instanceof SubnetError && error.code === 'EXPECTATION_BROKEN') return error.message
  throw error
}
