import type { Hex } from 'viem'
import { z } from 'zod'
import type { ChildEvent } from '../devnet/child.ts'

const hash = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value))

const count = z.int().nonnegative()

const shape = z.discriminatedUnion('message', [
  z.object({
    message: z.literal('replayed update'),
    policy: hash,
    outcome: z.enum(['agrees', 'disagrees', 'withheld']),
    cpuMs: z.number().nonnegative(),
  }),
  z.object({ message: z.literal('left update unreplayed'), policy: hash, why: z.string() }),
  z.object({ message: z.literal('objected to update'), policy: hash }),
  z.object({ message: z.literal('replayed step'), taken: count, of: count }),
])

/** What came of the validators' replays; each validator takes each update again once. */
export interface ReplayCount {
  readonly replays: number
  readonly equal: number
  readonly objected: number
  /** Of the threads that replayed. */
  readonly cpuSeconds: number
}

/** Follows what validators log of the updates that they take again. */
export interface ReplayWatch {
  onEvent(validator: string, event: ChildEvent): void
  /** Validators that have not said yet what came of an update. */
  owing(policies: readonly Hex[]): string[]
  /** How far the replays are that somebody has begun. */
  underWay(): readonly string[]
  count(): ReplayCount
}

export function watchReplays(validators: readonly string[]): ReplayWatch {
  const said = new Map(validators.map((name) => [name, new Map<Hex, string>()]))
  const underWay = new Map<string, string>()
  let objected = 0
  let cpuMs = 0
  return {
    onEvent(validator, line) {
      const { data } = shape.safeParse(line)
      if (!data) return
      if (data.message === 'replayed step') {
        underWay.set(validator, `${validator}: replaying, step ${data.taken} of ${data.of}`)
        return
      }
      if (data.message === 'objected to update') {
        objected++
        return
      }
      underWay.delete(validator)
      said.get(validator)?.set(data.policy, data.message === 'replayed update' ? data.outcome : 'abstained')
      if (data.message === 'replayed update') cpuMs += data.cpuMs
    },
    underWay: () => [...underWay.values()],
    owing(policies) {
      return validators.filter((name) => !policies.every((policy) => said.get(name)?.has(policy)))
    },
    count() {
      const outcomes = [...said.values()].flatMap((found) => [...found.values()])
      const equal = outcomes.filter((outcome) => outcome === 'agrees').length
      return { replays: outcomes.length, equal, objected, cpuSeconds: cpuMs / 1000 }
    },
  }
}
