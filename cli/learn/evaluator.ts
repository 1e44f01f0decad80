import { type Hex, keccak256, stringToBytes } from 'viem'
import type { PolicySources } from '../../model/policy.ts'
import { type Evaluation, pooledEvaluation } from '../../model/training/evaluate.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'

/** Plain data: it crosses threads. */
export interface EvaluationJob {
  readonly policy: Hex
  readonly seed: Hex
  readonly first: number
  readonly problems: number
  readonly greedy: boolean
}

export interface Evaluator {
  /** @param problems the first so many of the evaluation's; always the same ones, and no window ever asks them */
  evaluate(policy: Hex, problems: number, how: 'sampled' | 'greedy'): Promise<Evaluation>
  close(): Promise<void>
}

const evaluationThread = new URL('./evaluation-thread.ts', import.meta.url)
/** Problems in one job: what progress is counted in. */
const partSize = 256

/** Asks the held-out problems of `evalSeed` on a thread of its own, one part after another. */
export function startEvaluator(
  sources: PolicySources,
  evalSeed: number,
  onProgress: (left: number) => void,
): Evaluator {
  const thread = startComputeThread<PolicySources, EvaluationJob, Evaluation>(evaluationThread, sources)
  const seed = keccak256(stringToBytes(`rollproof evaluation ${evalSeed}`))
  let left = 0
  const count = (change: number) => {
    left += change
    onProgress(left)
  }
  const ask = async (job: EvaluationJob): Promise<Evaluation> => {
    const found = await thread.run(job)
    count(-job.problems)
    return found
  }
  return {
    async evaluate(policy, problems, how) {
      count(problems)
      const firsts = Array.from({ length: Math.ceil(problems / partSize) }, (_, part) => part * partSize)
      const parts = firsts.map((first) => {
        const size = Math.min(partSize, problems - first)
        return ask({ policy, seed, first, problems: size, greedy: how === 'greedy' })
      })
      return pooledEvaluation(await Promise.all(parts))
    },
    close: () => thread.close(),
  }
}
