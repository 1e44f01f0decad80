import { z } from 'zod'
import type { Policy } from '../../model/policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import { postBounded } from '../../shared/http/get-bounded.ts'
import type { OwedRollout } from '../owed-rollouts.ts'
import type { GroupsTask } from '../produce.ts'

/** An engine of another program, behind the protocol of docs/engines.md. */
export interface OuterEngine {
  readonly url: string
  readonly timeoutMs: number
}

const protocolVersion = 1
/** Seven numbers a token, none longer than 26 characters with what is around it. */
const bytesPerToken = 200
const bytesPerAnswer = 64 * 1024
/** Of an engine's own words. */
const longestComplaint = 500

const rowShape = z.object({
  tokens: z.array(z.int().nonnegative()),
  logProbabilities: z.array(z.number()),
  /** The share of the distribution below a token, and with it. */
  intervals: z.array(z.tuple([z.number(), z.number()])),
  sketches: z.array(z.int().min(-128).max(127)),
})
const answerShape = z.union([
  z.object({
    version: z.literal(protocolVersion),
    policy: z.string(),
    engine: z.string(),
    rows: z.array(rowShape),
  }),
  z.object({ error: z.string() }),
])

/** What an engine says of one rollout. Nothing of it is believed yet but its types. */
export type EngineRow = z.infer<typeof rowShape>

/**
 * Asks for rollouts and reads what comes: as many rows as were asked for, of the policy that was asked for.
 * @throws SubnetError HTTP_UNREACHABLE, HTTP_TIMED_OUT, HTTP_STALLED (retryable), HTTP_TOO_LARGE, ENGINE_FAILED,
 *   ENGINE_ANSWER_INVALID, ENGINE_POLICY_MISMATCH
 */
export async function askEngine(
  { url, timeoutMs }: OuterEngine,
  { manifest, manifestHash }: Policy,
  { windowSeed, miner }: GroupsTask,
  owed: readonly OwedRollout[],
): Promise<EngineRow[]> {
  const request = {
    version: protocolVersion,
    policy: manifestHash,
    windowSeed,
    miner,
    sampling: manifest.sampling,
    sketchStep: manifest.numerics.sketchStep,
    rows: owed.map(({ challenge, rollout }) => ({
      group: challenge.group,
      rollout,
      prompt: challenge.prompt,
    })),
  }
  const maxBytes = bytesPerAnswer + bytesPerToken * owed.length * manifest.sampling.maxTokens
  const endpoint = new URL('v1/rollouts', url.endsWith('/') ? url : `${url}/`)
  // It is silent while it decodes, so that silence says nothing.
  const bounds = { maxBytes, timeoutMs, stallTimeoutMs: timeoutMs }
  const { status, body } = await postBounded(endpoint, request, bounds)
  if (status !== 200) throw invalid(`it answered with HTTP status ${status}`)
  const answer = parseAnswer(body)
  if ('error' in answer) {
    const complaint = JSON.stringify(answer.error.slice(0, longestComplaint))
    throw new SubnetError('ENGINE_FAILED', `the engine says: ${complaint}`)
  }
  if (answer.policy !== manifestHash) {
    throw new SubnetError(
      'ENGINE_POLICY_MISMATCH',
      `the engine ran the checkpoint ${JSON.stringify(answer.policy.slice(0, 80))}, the window asks for ${manifestHash}`,
      { details: { expected: manifestHash, actual: answer.policy.slice(0, 80) } },
    )
  }
  if (answer.rows.length === owed.length) return answer.rows
  throw invalid(`${owed.length} rollouts were asked for, ${answer.rows.length} came`)
}

function parseAnswer(body: Uint8Array): z.infer<typeof answerShape> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw invalid('it is not JSON')
  }
  const { data, error } = answerShape.safeParse(json)
  if (data) return data
  throw invalid(`it is not of the protocol, version ${protocolVersion}`, error)
}

function invalid(why: string, cause?: unknown): SubnetError {
  return new SubnetError('ENGINE_ANSWER_INVALID', `the engine's answer cannot be used: ${why}`, { cause })
}
