import { SubnetError } from '../../shared/errors.ts'
import { runUntilStopped, untilAborted } from '../lifecycle.ts'
import { readBeaconConfig } from './beacon-config.ts'
import { startBeaconServer } from './beacon-server.ts'

/**
 * The devnet's beacon process: `node cli/devnet/beacon-main.ts [CONFIG_FILE]`, configuration on stdin otherwise.
 * Prints `{ "event": "ready", "url", "chain" }` on stdout once it serves, or `{ "event": "failed", "code",
 * "message" }` on stderr with exit code 1. SIGTERM, SIGINT and the end of its parent end it with exit code 0.
 */
try {
  await runUntilStopped(async (signal) => {
    const server = await startBeaconServer(await readBeaconConfig(process.argv[2]))
    process.stdout.write(`${JSON.stringify({ event: 'ready', url: server.url, chain: server.chain })}\n`)
    await untilAborted(signal)
    await server.close()
  })
} catch (error) {
  const code = error instanceof SubnetError ? error.code : 'BEACON_CRASHED'
  process.stderr.write(`${JSON.stringify({ event: 'failed', code, message: (error as Error).message })}\n`)
  process.exitCode = 1
}
