import type { Clock } from '../../shared/clock.ts'

/** Why a role does not do its duty, in the words of its log. */
export interface Complaint {
  readonly code: string
  /** The duty, where one failed. */
  readonly duty?: string
  readonly window?: number
  readonly why: string
  readonly sinceMs: number
}

export interface HealthReport {
  readonly healthy: boolean
  /** Whether it has looked at the chain, and still can. */
  readonly ready: boolean
  readonly complaints: readonly Complaint[]
  readonly head: string | null
  /** The last window or epoch that it did its part in. */
  readonly lastDone: Readonly<Record<string, number>>
}

type Fields = Readonly<Record<string, unknown>>

export interface RoleHealth {
  /** A line of the role's log. */
  hear(message: string, fields: Fields): void
  /** The role has come round to look at the chain again. */
  beat(head: bigint): void
  report(): HealthReport
}

/** One failure is a hiccup; so many in a row are not. */
const failuresToComplain = 3
/** A public chain has a block within seconds, or a minute at worst. */
const longestWithoutBlockMs = 5 * 60_000
/** Longer than the audit of a full window takes. */
const longestTurnMs = 30 * 60_000

/** What a role did when its part in a window or an epoch was done, and what it calls that. */
const doneBy: Readonly<Record<string, string>> = {
  'committed window': 'window',
  'committed scores': 'epoch',
  'revealed scores': 'epoch',
  'collected window': 'window',
}

/** Follows what a role says of itself, and judges whether it does what it is there for. */
export function followHealth(clock: Clock): RoleHealth {
  const complaints = new Map<string, Complaint>()
  const lastDone: Record<string, number> = {}
  // Durations go by what never jumps; people are told the time of day.
  let head: { block: bigint; atMs: number } | null = null
  let beatMs: number | null = null
  const timeOf = (atMs: number) => clock.nowMs() - (clock.elapsedMs() - atMs)

  const complain = (key: string, complaint: Omit<Complaint, 'sinceMs'>) => {
    const { sinceMs = clock.nowMs() } = complaints.get(key) ?? {}
    complaints.set(key, { ...complaint, sinceMs })
  }

  /** What no line tells, since nothing happens. */
  function overdue(): Complaint[] {
    if (beatMs === null || head === null) return []
    const nowMs = clock.elapsedMs()
    if (nowMs - beatMs > longestTurnMs) {
      const why = 'one round of its duties has taken more than half an hour: something hangs'
      return [{ code: 'DUTY_STUCK', why, sinceMs: timeOf(beatMs) }]
    }
    if (nowMs - head.atMs <= longestWithoutBlockMs) return []
    const why = `the endpoint has shown no block after ${head.block}: the chain stands still, or the endpoint does`
    return [{ code: 'HEAD_STALLED', why, sinceMs: timeOf(head.atMs) }]
  }

  return {
    hear(message, fields) {
      const { duty, code, why } = fields as Record<string, string>
      if (message === 'failed duty' && Number(fields.failures) >= failuresToComplain) {
        complain(`duty ${duty}`, { code, duty, why })
      }
      if (message === 'recovered') complaints.delete(`duty ${duty}`)
      if (message === 'missed window') {
        complain('missed', { code: 'WINDOW_MISSED', window: Number(fields.window), why })
      }
      if (message === 'abstained')
        complain('missed', { code: 'SCORES_MISSED', window: Number(fields.epoch), why })
      const unit = doneBy[message]
      if (unit === undefined) return
      lastDone[unit] = Number(fields[unit])
      complaints.delete('missed')
    },
    beat(block) {
      beatMs = clock.elapsedMs()
      if (head?.block !== block) head = { block, atMs: beatMs }
    },
    report() {
      const found = [...complaints.values(), ...overdue()]
      return {
        healthy: found.length === 0,
        ready: beatMs !== null && !complaints.has('duty look at the chain'),
        complaints: found,
        head: head && String(head.block),
        lastDone,
      }
    },
  }
}
