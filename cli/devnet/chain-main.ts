import { network } from 'hardhat'
import { runUntilStopped, untilAborted } from '../lifecycle.ts'

/**
 * The devnet's chain process: a Hardhat node on loopback. `node cli/devnet/chain-main.ts PORT`. Prints
 * `{ "event": "ready", "url" }` once it serves.
 */
await runUntilStopped(async (signal) => {
  const server = await network.createServer('node', '127.0.0.1', Number(process.argv[2]))
  const { address, port } = await server.listen()
  console.log(JSON.stringify({ event: 'ready', url: `http://${address}:${port}` }))
  await untilAborted(signal)
  await server.close()
})
