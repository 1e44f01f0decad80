import type { Explanation } from '../../validator/explain.ts'
import type { Derivation } from '../views.ts'

/** An explanation as the page shows it. */
export function derivationOf(explanation: Explanation): Derivation {
  const { rejection, checks, selected, text, difference, policy, seeds } = explanation
  return {
    reason: rejection?.reason ?? null,
    check: rejection?.check ?? null,
    checks: checks.map(({ check, passed, numbers }) => ({ check, passed, numbers })),
    selection: selected && { shared: selected.shared, validators: selected.byValidators },
    prompt: text?.prompt ?? null,
    tokens: text?.tokens ?? [],
    difference: difference && {
      position: difference.position,
      owed: difference.owed,
      given: difference.given,
    },
    policy: policy.manifestHash,
    windowSeed: seeds.windowSeed,
    auditSeed: seeds.auditSeed,
  }
}
