import { join } from 'node:path'
import { type Child, startServer } from './child.ts'
import type { DevnetNetwork } from './start-network.ts'

/** The page that shows this devnet, as a process of its own. It only looks: the network does not depend on it. */
export async function startDashboard(
  { rpcUrl, relayUrl, deploymentFile, checkpoints }: DevnetNetwork,
  { dataDir, dataset, signal }: { dataDir: string; dataset: string | undefined; signal: AbortSignal },
): Promise<{ child: Child; url: string }> {
  const { child, ready } = await startServer(
    {
      name: 'dashboard',
      entry: '../main.ts',
      arguments: [
        ...['dashboard', '--deployment', deploymentFile, '--rpc', rpcUrl, '--relay', relayUrl],
        ...['--data-dir', dataDir, '--checkpoints', checkpoints, '--allow-private-hosts', '--port', '0'],
        ...(dataset ? ['--dataset', dataset] : []),
      ],
      logFile: join(dataDir, 'logs', 'dashboard.log'),
    },
    signal,
  )
  return { child, url: String(ready.url) }
}
