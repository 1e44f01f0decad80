import type { JournalVerdict } from '../views.ts'
import type { JournalFile } from './journals.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { type JournalTail, tailJournal } from './tail-journal.ts'

/** What validators' journals on this machine say; they appear, grow and vanish while we look. */
export interface Findings {
  readonly ledger: Ledger
  /** Reads what is new. @returns changes whenever there was something */
  look(): number
  /** Windows before this one are let go of. */
  keepFrom(window: number): void
  journals(): number
  verdicts(rollout: Parameters<JournalTail['verdicts']>[0]): JournalVerdict[]
  abstention(validator: number): ReturnType<JournalTail['abstention']>
  close(): void
}

/** @param find asked again at every look: a validator may start after us */
export function openFindings(find: () => readonly JournalFile[]): Findings {
  const ledger = openLedger()
  const tails = new Map<string, { validator: number; tail: JournalTail }>()
  let from = 0
  let version = 0
  const open = () => {
    for (const file of find()) {
      if (tails.has(file.path)) continue
      const tail = openWhenReady(file, () => from)
      if (tail) tails.set(file.path, { validator: file.validator, tail })
    }
  }
  return {
    ledger,
    look() {
      open()
      for (const { tail } of tails.values()) {
        const found = tail.next()
        if (found.verdicts.length + found.audits.length === 0) continue
        ledger.add(found)
        version++
      }
      return version
    },
    keepFrom(window) {
      if (window <= from) return
      from = window
      ledger.forget(window)
    },
    journals: () => tails.size,
    verdicts: (rollout) => [...tails.values()].flatMap(({ tail }) => tail.verdicts(rollout)),
    abstention: (validator) =>
      [...tails.values()].find((open) => open.validator === validator)?.tail.abstention() ?? null,
    close() {
      for (const { tail } of tails.values()) tail.close()
      tails.clear()
    },
  }
}

/** A journal that its validator is only just making has no tables yet: it is met again at the next look. */
function openWhenReady(file: JournalFile, from: () => number): JournalTail | null {
  try {
    return tailJournal(file, from)
  } catch {
    return null
  }
}
