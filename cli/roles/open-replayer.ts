import type { ReplayJob } from '../../learner/replay-job.ts'
import { type ReplaySources, replayPublished } from '../../learner/replay-published.ts'
import type { Replay } from '../../learner/replay-update.ts'
import type { StepCount } from '../../learner/take-update.ts'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import type { Log } from '../../shared/log.ts'
import type { ReplayPolicy } from '../../shared/replay-finding.ts'

const replayThread = new URL('../../learner/replay-thread.ts', import.meta.url)

export interface Replayer {
  /** One at a time. */
  readonly replay: ReplayPolicy
  close(): Promise<void>
}

/** A thread that takes updates again; it starts with the first one. */
export function openReplayer(
  about: Omit<ReplaySources, 'replays' | 'onStep'>,
  log: Log,
  sources: PolicySources,
): Replayer {
  const start = () => startComputeThread<PolicySources, ReplayJob, Replay, StepCount>(replayThread, sources)
  let thread: ReturnType<typeof start> | null = null
  return {
    async replay(policy) {
      thread ??= start()
      const before = thread.cpuMs()
      const onStep = (count: StepCount) =>
        log.debug('replayed step', { policy: policy.manifestHash, ...count })
      const finding = await replayPublished({ ...about, replays: thread, onStep }, policy)
      return { ...finding, cpuMs: thread.cpuMs() - before }
    },
    close: async () => thread?.close(),
  }
}
