import { join } from 'node:path'
import type { Address } from 'viem'
import type { Deployment } from '../../shared/chain/deployment.ts'
import type { Role } from '../../shared/chain/role.ts'

/**
 * One journal for each identity. uids count from 0 in every subnet, and one data directory may serve several: with
 * another subnet's journal a role would take windows for done that it never saw.
 */
export function journalPath(dataDir: string, deployment: Deployment, role: Role, uid: number): string {
  return join(subnetDir(dataDir, deployment), `${role}-${uid}.sqlite`)
}

/** What belongs to one subnet in a data directory. */
export function subnetDir(dataDir: string, { chainId, contracts }: Deployment): string {
  return join(dataDir, `subnet-${chainId}-${contracts.rolloutLog}`)
}

/** One outbox for each key and chain: its nonces are of the chain, whatever subnets it serves there. */
export function outboxPath(dataDir: string, { chainId }: Deployment, address: Address): string {
  return join(dataDir, `outbox-${chainId}-${address}.sqlite`)
}
