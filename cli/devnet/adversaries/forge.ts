import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hexToBytes } from 'viem'
import type { GroupsTask } from '../../../miner/produce.ts'
import { parseConfig } from '../../../model/architecture/config.ts'
import { FILES } from '../../../model/checkpoint/read-checkpoint.ts'
import { findCheckpoint } from '../../../model/find-checkpoint.ts'
import type { PolicySources } from '../../../model/policy.ts'
import { loadTokenizer } from '../../../model/tokenizer/tokenizer.ts'
import { findEnvironment } from '../../../shared/environments/registry.ts'
import { deriveChallenge } from '../../../shared/protocol/challenge.ts'
import { keystream } from '../../../shared/protocol/keystream.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import { sketchesPerPosition } from '../../../shared/protocol/sketch.ts'
import type { Engine } from '../../roles/start-miner.ts'
import { rightAnswer } from './right-answer.ts'

/**
 * Never runs the model: computes the right answer, writes it in the policy's own words, claims full reward and
 * makes up log-probabilities and sketches. Every reward it claims is true.
 */
export function startForgeEngine(sources: PolicySources): Engine {
  return { produce: (task) => forgeGroups(sources, task), close: async () => {} }
}

async function forgeGroups(sources: PolicySources, task: GroupsTask): Promise<Group[]> {
  const { dir, manifest } = await findCheckpoint(sources.checkpoints, task.policy)
  const codec = loadTokenizer(await readFile(join(dir, FILES.tokenizer), 'utf8'), manifest.sampling.endToken)
  const environment = findEnvironment(manifest.environment.id, { gsm8kPath: sources.dataset ?? undefined })
  const { context } = parseConfig(JSON.parse(await readFile(join(dir, FILES.config), 'utf8')))
  const policy = { environment, codec, manifest, session: { context } }
  return Array.from({ length: task.groups }, (_, i) => {
    const group = task.firstGroup + i
    const { problem, promptHash } = deriveChallenge(policy, task.windowSeed, task.miner, group)
    const seed = hexToBytes(childSeed('problem', task.windowSeed, task.miner, group))
    const answer = rightAnswer(manifest.environment.id, seed, problem)
    const tokens = [...codec.encode(answer), manifest.sampling.endToken].slice(-manifest.sampling.maxTokens)
    const reward = environment.judge(problem, answer).reward
    const noise = keystream(
      childSeed('forged', task.windowSeed, task.miner, group),
      sketchesPerPosition * tokens.length,
    )
    const rollout = {
      tokens,
      finish: 'end' as const,
      reward,
      sketches: new Int8Array(noise),
      logProbabilities: new Float32Array(tokens.length).fill(-0.01),
    }
    return { index: group, promptHash, rollouts: Array.from({ length: task.groupSize }, () => rollout) }
  })
}
