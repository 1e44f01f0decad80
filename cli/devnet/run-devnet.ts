import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import logUpdate from 'log-update'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { systemClock } from '../../shared/clock.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Child } from './child.ts'
import { conductWindow, type Phase, type Registered } from './conductor.ts'
import type { DevnetValues } from './devnet-settings.ts'
import { firstBrokenExpectation } from './expectations.ts'
import { type Outcome, readOutcome, reportOf } from './outcome.ts'
import { createParticipants } from './participants.ts'
import { type Progress, renderBoard } from './render.ts'
import { type DevnetNetwork, startNetwork } from './start-network.ts'
import { startRole } from './start-roles.ts'

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
  try {
    const network = await startNetwork({
      dataDir,
      seed: values.seed,
      port: values.port,
      environment: findEnvironment(values.environment, { gsm8kPath: values.dataset }),
      profile: values.numerics,
      participants: createParticipants({ ...values, dataDir, adversaries: values.adversary }),
      signal,
      onChild: (child) => children.push(child),
      onStep: (step) => console.log(`${seconds().toFixed(1).padStart(6)} s  ${step}`),
    })
    console.log(`${seconds().toFixed(1).padStart(6)} s  policy ${network.policy.active.manifestHash}`)
    const broken = await runWindows(values, dataDir, network, children, signal, seconds)
    if (values.keep && !broken) await keepRunning(network, dataDir, signal)
    return broken
  } finally {
    await Promise.all(children.map((child) => child.stop()))
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
  let progress: Progress = { window: 0, windows: values.windows, phase: 'generate', seconds: 0 }
  let phaseStarted = seconds()
  const enter = (window: number, phase: Phase | 'done') => {
    phaseSeconds[progress.phase] = (phaseSeconds[progress.phase] ?? 0) + seconds() - phaseStarted
    phaseStarted = seconds()
    progress = { window, windows: values.windows, phase, seconds: seconds() }
  }
  const look = () =>
    readOutcome(
      chain,
      participants,
      Math.min(values.windows, progress.window + 1),
      (participant: Registered) => {
        return tokens.get(participant.name) ?? 0
      },
    )
  const stage = {
    chain,
    schedule: await readSchedule(chain),
    participants,
    signal,
    crash: () => children.map((child) => child.crash()).find((crash) => crash !== null) ?? null,
    onPhase: enter,
  }
  const watching = watchBoard(look, () => ({ ...progress, seconds: seconds() }))
  let failure: string | null = null
  try {
    for (let window = 0; window < values.windows; window++) {
      await conductWindow(stage, window)
      await watching.settled(window)
    }
    enter(values.windows - 1, 'done')
  } catch (error) {
    if (!(error instanceof SubnetError) || error.code !== 'EXPECTATION_BROKEN') throw error
    failure = error.message
  } finally {
    await watching.stop()
  }
  const outcome = await look()
  const timings = { setupSeconds, ...phaseSeconds, totalSeconds: seconds() }
  if (values.report) {
    const { environment } = values
    const report = reportOf(outcome, { environment, policy: network.policy.active.manifestHash, timings })
    mkdirSync(dirname(resolve(values.report)), { recursive: true })
    writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
  }
  return failure ?? stage.crash() ?? firstBrokenExpectation(outcome)
}

/** On a terminal the board is redrawn in place; elsewhere it is printed once a window. */
function watchBoard(look: () => Promise<Outcome>, progress: () => Progress) {
  const live = process.stdout.isTTY === true
  const stopped = new AbortController()
  const redraw = async () => {
    while (live && !stopped.signal.aborted) {
      const outcome = await look().catch(() => null)
      if (outcome && !stopped.signal.aborted) logUpdate(renderBoard(outcome, progress()))
      await systemClock.sleep(500, stopped.signal).catch(() => {})
    }
  }
  const drawing = redraw()
  return {
    async settled(_window: number) {
      if (!live) console.log(`\n${renderBoard(await look(), progress())}`)
    },
    async stop() {
      stopped.abort()
      await drawing
      if (!live) return
      const outcome = await look().catch(() => null)
      if (outcome) logUpdate(renderBoard(outcome, progress()))
      logUpdate.done()
    },
  }
}

async function keepRunning(
  { rpcUrl, relayUrl, deploymentFile }: DevnetNetwork,
  dataDir: string,
  signal: AbortSignal,
) {
  console.log(
    `kept running until Ctrl-C: chain ${rpcUrl}, beacon ${relayUrl}, ${deploymentFile}, data ${dataDir}`,
  )
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }))
}
