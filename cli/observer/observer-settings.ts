import { roleSettings } from '../roles/role-settings.ts'
import { httpUrl, type Settings } from '../settings.ts'

const { deployment, relay, checkpoints, dataset, allowPrivateHosts } = roleSettings

/** What it takes to look at a subnet from outside, without an identity. */
export const observerSettings = {
  deployment,
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  relay,
  checkpoints,
  dataset,
  allowPrivateHosts,
} as const satisfies Settings
