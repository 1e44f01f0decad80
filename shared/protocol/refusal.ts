import type { CheckName, Reason, Rejection } from './verdict.ts'

/** Carries a rejection out of nested reading. Never leaves shared/protocol. */
export class Refusal extends Error {
  readonly rejection: Rejection

  constructor(reason: Reason, numbers: Rejection['numbers'], check: CheckName = 'format') {
    super(reason)
    this.rejection = { check, reason, numbers }
  }
}

export function malformed(layer: 'zstd' | 'cbor', what: string, expected: string): Refusal {
  return new Refusal('BUNDLE_MALFORMED', { layer, what, expected })
}
