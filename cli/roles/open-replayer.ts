import type { ReplayJob } from '../../learner/replay-job.ts'
import { type ReplaySources, replayPublished } from '../../learner/replay-published.ts'
import type { Replay } from '../../learner/replay-update.ts'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import type { ReplayPolicy } from '../../shared/replay-finding.ts'

const replayThread = new URL('../../learner/replay-thread.ts', import.meta.url)

export interface Replayer {
  /** One at a time. */
  readonly replay: ReplayPolicy
  close(): Promise<void>
}

/** A thread that takes updates again; it starts with the first one. */
export function openReplayer(about: Omit<ReplaySources, 'replays'>, sources: PolicySources): Replayer {
  const start = () => startComputeThread<PolicySources, ReplayJob, Replay>(replayThread, sources)
  let thread: ReturnType<typeof start> | null = null
  return {
    async replay(policy) {
      thread ??= start()
      const before = thread.cpuMs()
      const finding = await replayPublished({ ...about, replays: thread }, policy)
      return { ...finding, cpuMs: thread.cpuMs() - before }
    },
    close: async () => thread?.close(),
  }
}
