import { SubnetError } from '../../shared/errors.ts'
import { minerAttacks, validatorAttacks } from './catalogue.ts'

/** @throws SubnetError CONFIG_INVALID for a name that no attack has */
export function requireKnownAttacks(names: readonly string[]): void {
  const known = [...minerAttacks, ...validatorAttacks].map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new SubnetError('CONFIG_INVALID', `there is no attack "${unknown}"; there are: ${known.join('; ')}`, {
    details: { unknown },
  })
}
