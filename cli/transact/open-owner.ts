import { type ChainContext, connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { openKey } from '../keys/open-key.ts'

export interface OwnerValues {
  readonly deployment: string
  readonly rpc: readonly string[]
  readonly ownerKey: string
  readonly ownerPasswordFile: string | undefined
}

/** Connects with the owner's key. @throws SubnetError as `openKey` and `connect` */
export async function openOwner(values: OwnerValues): Promise<ChainContext> {
  const deployment = readDeployment(values.deployment)
  const source = { file: values.ownerKey, passwordFile: values.ownerPasswordFile }
  const account = await openKey(source, deployment)
  return connect({ rpcUrl: values.rpc, deployment, account })
}
