import { roleSettings } from '../roles/role-settings.ts'
import type { Settings } from '../settings.ts'

const { deployment, rpc, relay, checkpoints, dataset, allowPrivateHosts } = roleSettings

/** What it takes to look at a subnet from outside, without an identity. */
export const observerSettings = {
  deployment,
  rpc,
  relay,
  checkpoints,
  dataset,
  allowPrivateHosts,
} as const satisfies Settings
