import { SubnetError } from '../../shared/errors.ts'

/** @throws SubnetError CONFIG_INVALID */
export function parseProposalId(given: string): bigint {
  if (/^\d{1,78}$/.test(given)) return BigInt(given)
  throw new SubnetError('CONFIG_INVALID', `${given} is not the id of a proposal; see: rollproof govern list`)
}
