import type { Hex } from 'viem'
import { z } from 'zod'
import { canonicalJson } from '../model/checkpoint/manifest.ts'
import { SubnetError } from '../shared/errors.ts'
import type { EvidencePoint } from '../shared/protocol/evidence.ts'

/** Everything under a validator's evidence root. Whoever holds the file need not be trusted: the root decides. */
export interface EvidenceOpening {
  readonly epoch: number
  readonly validator: number
  readonly evidenceRoot: Hex
  readonly points: readonly EvidencePoint[]
  /** The validator's word on it, under its hot key: two that contradict each other cost it stake (`Disputes`). */
  readonly statement?: { readonly rowDigest: Hex; readonly signature: Hex } | undefined
}

const uint32 = z.int().min(0).max(0xffff_ffff)
const int8 = z.int().min(-128).max(127)

const bytes32 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const signature = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{130}$/)])

const file = z.strictObject({
  version: z.literal(1),
  epoch: z.int().min(0),
  validator: uint32,
  evidenceRoot: bytes32,
  points: z.array(z.tuple([z.int().min(0), uint32, uint32, uint32, uint32, int8, int8, int8, int8])),
  statement: z.strictObject({ rowDigest: bytes32, signature }).optional(),
})

/** One line of JSON; a point is [window, miner, group, rollout, position] and its sketch's four numbers. */
export function encodeOpening({ points, ...about }: EvidenceOpening): string {
  const rows = points.map(({ window, miner, group, rollout, position, sketch }) => {
    return [window, miner, group, rollout, position, ...sketch]
  })
  return `${canonicalJson({ ...about, version: 1, points: rows })}\n`
}

/**
 * @param source what the text came from, for the error message
 * @throws SubnetError OPENING_MALFORMED
 */
export function parseOpening(text: string, source: string): EvidenceOpening {
  try {
    const { version: _, points, ...about } = file.parse(JSON.parse(text))
    const read = points.map(([window, miner, group, rollout, position, ...sketch]): EvidencePoint => {
      return { window, miner, group, rollout, position, sketch }
    })
    return { ...about, points: read }
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new SubnetError(
      'OPENING_MALFORMED',
      `${source} is not an opening of evidence: ${why}. The validator writes one with: rollproof evidence open.`,
      { details: { source }, cause },
    )
  }
}
