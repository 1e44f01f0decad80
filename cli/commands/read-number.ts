import { SubnetError } from '../../shared/errors.ts'

/** An argument that is a uid, an epoch or an index. @throws SubnetError CONFIG_INVALID */
export function readNumber(name: string, given: string): number {
  if (/^\d{1,15}$/.test(given)) return Number(given)
  throw new SubnetError('CONFIG_INVALID', `${name} ${given}: must be a whole number from 0; see --help`)
}
