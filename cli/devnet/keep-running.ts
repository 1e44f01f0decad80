import { untilAborted } from '../lifecycle.ts'
import type { DevnetNetwork } from './start-network.ts'

/** Says where everything is, and leaves it there until the signal aborts. */
export async function keepRunning(
  { rpcUrl, relayUrl, deploymentFile }: DevnetNetwork,
  dataDir: string,
  dashboardUrl: string,
  signal: AbortSignal,
): Promise<void> {
  console.log(
    `kept running until Ctrl-C: dashboard ${dashboardUrl}, chain ${rpcUrl}, beacon ${relayUrl}, ${deploymentFile}, data ${dataDir}`,
  )
  await untilAborted(signal)
}
