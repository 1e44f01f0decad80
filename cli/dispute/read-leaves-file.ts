import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import type { GivenTree } from '../../validator/tree-proof.ts'

const uint32 = z.int().min(0).max(0xffff_ffff)
const hash = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const file = z.strictObject({
  /** sha256 of the stored bundle. */
  stored: hash,
  /** Window, miner, index and hash of the group. */
  leaves: z.array(z.tuple([z.int().min(0), uint32, uint32, hash])).max(65_536),
})

/** @throws SubnetError LEAVES_MALFORMED */
export function readLeavesFile(path: string): GivenTree {
  try {
    const { stored, leaves } = file.parse(JSON.parse(readFileSync(path, 'utf8')))
    return {
      stored,
      leaves: leaves.map(([window, miner, index, groupHash]) => ({ window, miner, index, groupHash })),
    }
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new SubnetError(
      'LEAVES_MALFORMED',
      `${path} is not {"stored": hash of the bundle, "leaves": [[window, miner, index, hash of the group], …]}: ${why}`,
      { details: { path }, cause },
    )
  }
}
