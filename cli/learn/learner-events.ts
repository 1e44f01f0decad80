import type { Hex } from 'viem'
import { z } from 'zod'
import type { ChildEvent } from '../devnet/child.ts'

const count = z.int().nonnegative()
const hash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value))

const shape = z.discriminatedUnion('message', [
  z.object({
    message: z.literal('published update'),
    window: count,
    policy: hash,
    parent: hash,
    /** Optimiser steps of this update; groups and rollouts that they trained on. */
    steps: count,
    groups: count,
    rollouts: count,
    loss: z.number(),
    gradientNorm: z.number(),
  }),
  z.object({ message: z.literal('refused bundle'), window: count, miner: count, reason: z.string() }),
  z.object({ message: z.literal('discarded update'), window: count, code: z.string(), why: z.string() }),
  z.object({ message: z.literal('waiting for groups'), window: count, why: z.string() }),
  z.object({ message: z.literal('took step'), window: count, taken: count, of: count }),
])

type Said = z.infer<typeof shape>
export type LearnerEvent = Exclude<Said, { message: 'took step' }>
export type PublishedUpdate = Extract<LearnerEvent, { message: 'published update' }>

/** What a learner logs that a run is about; null for everything else. */
export function readLearnerEvent(event: ChildEvent): Said | null {
  return shape.safeParse(event).data ?? null
}
