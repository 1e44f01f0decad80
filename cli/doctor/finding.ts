import { SubnetError } from '../../shared/errors.ts'

/** What one check of the doctor came to. */
export interface Finding {
  readonly check: CheckName
  readonly outcome: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What to do; null where nothing is to be done. */
  readonly fix: string | null
}

/** In the order in which one rests on another. */
export type CheckName =
  | 'deployment'
  | 'key'
  | 'chain'
  | 'precompiles'
  | 'contracts'
  | 'identity'
  | 'funds'
  | 'clock'
  | 'beacon'
  | 'disk'
  | 'memory'
  | 'journal'
  | 'store'
  | 'public URL'
  | 'engine'
  | 'policy'
  | 'numerics'

export const ok = (check: CheckName, found: string): Finding => ({ check, outcome: 'ok', found, fix: null })

export const warn = (check: CheckName, found: string, fix: string): Finding => {
  return { check, outcome: 'warn', found, fix }
}

export const fail = (check: CheckName, found: string, fix: string): Finding => {
  return { check, outcome: 'fail', found, fix }
}

/** A failure of our own as a finding; what is none is a defect, and thrown on. */
export function failed(check: CheckName, error: unknown, fix: string): Finding {
  if (error instanceof SubnetError) return fail(check, `${error.code}: ${error.message}`, fix)
  throw error
}
