import { join } from 'node:path'
import { readActivePolicy } from '../../shared/chain/read-active-policy.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { systemClock } from '../../shared/clock.ts'
import { findEnvironment } from '../../shared/environments/registry.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Child, ChildEvent } from '../devnet/child.ts'
import { conductWindow, type Phase } from '../devnet/conductor.ts'
import { keepRunning } from '../devnet/keep-running.ts'
import { createParticipants } from '../devnet/participants.ts'
import { renderPhase, renderStep } from '../devnet/render.ts'
import { startDashboard } from '../devnet/start-dashboard.ts'
import { type DevnetNetwork, startNetwork } from '../devnet/start-network.ts'
import { startLearner, startRole } from '../devnet/start-roles.ts'
import { devnetWindow } from '../devnet/subnet-config.ts'
import { watchBoard } from '../devnet/watch-board.ts'
import { startEvaluator } from './evaluator.ts'
import { writeHeldOut } from './held-out-file.ts'
import { type LearnReport, reportOf } from './learn-report.ts'
import { adversariesOf, type LearnValues } from './learn-settings.ts'
import { readRecords } from './read-records.ts'
import { renderLearning } from './render-learning.ts'
import { watchLearning } from './watch-learning.ts'
import { type ReplayWatch, watchReplays } from './watch-replays.ts'

/**
 * The devnet with a learner: every window's rollouts give the next window's policy. Held-out problems are asked
 * meanwhile, of each policy once.
 * @param onReport hears the outcome while everything still runs
 * @throws SubnetError EXPECTATION_BROKEN when a process ends or owes something for too long
 */
export async function runLearn(
  values: LearnValues,
  dataDir: string,
  signal: AbortSignal,
  onReport: (report: LearnReport) => void,
): Promise<void> {
  const startedMs = systemClock.nowMs()
  const seconds = () => (systemClock.nowMs() - startedMs) / 1000
  const children: Child[] = []
  try {
    const network = await startNetwork({
      dataDir,
      seed: values.seed,
      port: values.port,
      environment: findEnvironment(values.environment),
      profile: values.numerics,
      participants: createParticipants({
        ...values,
        dataDir,
        adversaries: adversariesOf(values),
        // Without verification there is nobody who could filter or object: no validator at all.
        validators: values.noVerify ? 0 : values.validators,
      }),
      window: { ...devnetWindow, maxGroups: values.groups },
      signal,
      onChild: (child) => children.push(child),
      onStep: (step) => console.log(renderStep(seconds(), step)),
    })
    const dashboard = values.keep
      ? await startDashboard(network, { dataDir, dataset: undefined, signal })
      : null
    if (dashboard) {
      children.push(dashboard.child)
      console.log(renderStep(seconds(), `dashboard ${dashboard.url}`))
    }
    onReport(
      await learn(values, network, { children, dataDir, logs: join(dataDir, 'logs'), signal, seconds }),
    )
    if (dashboard) await keepRunning(network, dataDir, dashboard.url, signal)
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

/** A window takes much longer than this; to look more often only costs processor time, in every process. */
const lookMs = 1000

interface Run {
  readonly children: Child[]
  readonly dataDir: string
  readonly logs: string
  readonly signal: AbortSignal
  seconds(): number
}

async function learn(values: LearnValues, network: DevnetNetwork, run: Run): Promise<LearnReport> {
  const { chain, checkpoints, participants } = network
  const { children, signal, seconds } = run
  let asking = 0
  const sources = { checkpoints: [checkpoints], dataset: null }
  const evaluator = startEvaluator(sources, values.evalSeed, (left) => {
    asking = left
  })
  const watch = watchLearning(evaluator, network.policy.active.manifestHash, values.problems, (curve) =>
    writeHeldOut(run.dataDir, curve),
  )
  const validators = participants.filter(({ role }) => role === 'validator')
  const replays = watchReplays(validators.map(({ name }) => name))
  startRoles(values, network, run, watch.onEvent, replays)
  const crash = () => children.map((child) => child.crash()).find((found) => found !== null) ?? null
  const cpuSecondsBy = () => {
    const { user, system } = process.cpuUsage()
    const others = children.map((child) => [child.name, child.cpuSeconds()] as const)
    return { evaluation: (user + system) / 1e6, ...Object.fromEntries(others) }
  }
  const cpuSeconds = () => Object.values(cpuSecondsBy()).reduce((sum, seconds) => sum + seconds, 0)
  let progress = { window: 0, windows: values.windows, phase: 'generate' as Phase | 'done' }
  const now = () => ({ ...progress, seconds: seconds() })
  const board = watchBoard({
    draw: async () => {
      const at = renderPhase(now()) ?? renderStep(seconds(), 'all windows done')
      const underWay = [...watch.underWay(), ...replays.underWay()]
      return renderLearning(
        { ...watch, asking, underWay, cpuSeconds: cpuSeconds(), replays: replays.count() },
        at,
      )
    },
    line: () => renderPhase(now()),
  })
  const stage = {
    chain,
    schedule: await readSchedule(chain),
    participants,
    signal,
    crash,
    pollMs: lookMs,
    // Nobody's check is left behind, however slow the machine: the next window opens when all have had their say.
    learn: (window: number) => {
      const owing = watch.isLearnt(window) ? replays.owing(watch.published()) : ['learner']
      // How far they are is part of what is missing: given up is only who does not get on.
      return owing.length === 0 ? [] : [...owing, ...watch.underWay(), ...replays.underWay()]
    },
    onPhase: (window: number, phase: Phase) => {
      progress = { ...progress, window, phase }
      board.entered()
    },
  }
  try {
    let windows = 0
    while (windows < values.windows && seconds() < 60 * values.minutes) {
      await conductWindow(stage, windows)
      windows++
      await board.settled()
    }
    progress = { ...progress, phase: 'done' }
    const { manifestHash: last } = await readActivePolicy(chain, windows)
    const after = await watch.finish(last)
    const crashed = crash()
    if (crashed) throw new SubnetError('EXPECTATION_BROKEN', crashed)
    const { manifestHash: first } = network.policy.active
    return reportOf({
      values,
      windows,
      participants,
      records: await readRecords(checkpoints, first, last),
      before: await watch.before,
      after,
      refusedBundles: watch.events.filter(({ message }) => message === 'refused bundle').length,
      replays: replays.count(),
      cpuSecondsBy: cpuSecondsBy(),
      wallSeconds: seconds(),
      curve: watch.curve,
    })
  } finally {
    await board.stop()
    await evaluator.close()
  }
}

function startRoles(
  values: LearnValues,
  network: DevnetNetwork,
  { children, logs }: Run,
  onLearnerEvent: (event: ChildEvent) => void,
  replays: ReplayWatch,
): void {
  const shared = { logs, dataset: undefined, pollMs: lookMs }
  // Single steps of an update are said at this level: the board counts them.
  const debug = ['--log', 'debug']
  for (const participant of network.participants) {
    const onEvent = (event: ChildEvent) => replays.onEvent(participant.name, event)
    const flags = participant.role === 'validator' ? debug : []
    children.push(startRole(network, participant, { ...shared, flags, onEvent }))
  }
  // A window that brought little is still learnt from: the next one waits for it.
  const flags = ['--fewest-groups', '1', ...debug]
  children.push(
    startLearner(network, { ...shared, flags, believes: values.noVerify, onEvent: onLearnerEvent }),
  )
}
