import { readFileSync } from 'node:fs'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { SubnetError } from '../../shared/errors.ts'
import { type ExplainCase, parseCase } from '../../validator/explain-case.ts'

/**
 * @param deployment pins chain, subnet and beacon: whom a case trusts for randomness is what its author wrote
 * @throws SubnetError CASE_MALFORMED, CASE_MISMATCH
 */
export function readCase(path: string, deployment: string | undefined): ExplainCase {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SubnetError('CASE_MALFORMED', `cannot read the case ${path}: ${(cause as Error).message}`, {
      cause,
    })
  }
  const facts = parseCase(text, path)
  if (deployment !== undefined) assertDeployment(path, facts, deployment)
  return facts
}

function assertDeployment(path: string, { chainId, subnet, beacon }: ExplainCase, file: string): void {
  const pinned = readDeployment(file)
  const agrees =
    chainId === pinned.chainId &&
    subnet.toLowerCase() === pinned.contracts.rolloutLog.toLowerCase() &&
    beacon.hash === pinned.beacon.hash
  if (agrees) return
  throw caseMismatch(
    path,
    `is of chain ${chainId}, subnet ${subnet}, beacon ${beacon.hash}; ${file} is of another`,
  )
}

export function caseMismatch(path: string, why: string): SubnetError {
  return new SubnetError('CASE_MISMATCH', `the case ${path} ${why}`, { details: { path } })
}
