import type { ReplayJob, TimedReplay } from '../../learner/replay-job.ts'
import { type ReplaySources, replayPublished } from '../../learner/replay-published.ts'
import type { PolicySources } from '../../model/policy.ts'
import type { PublishedPolicy } from '../../shared/chain/read-policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import type { ReplayFinding } from '../../shared/replay-finding.ts'

const replayThread = new URL('../../learner/replay-thread.ts', import.meta.url)

export interface Replayer {
  replay(policy: PublishedPolicy): Promise<ReplayFinding>
  close(): Promise<void>
}

/** A thread that takes updates again; it starts with the first one. */
export function openReplayer(about: Omit<ReplaySources, 'replays'>, sources: PolicySources): Replayer {
  const start = () => startComputeThread<PolicySources, ReplayJob, TimedReplay>(replayThread, sources)
  let thread: ReturnType<typeof start> | null = null
  return {
    replay(policy) {
      thread ??= start()
      return replayPublished({ ...about, replays: thread }, policy)
    },
    close: async () => thread?.close(),
  }
}
