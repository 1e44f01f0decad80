import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { runUntilStopped, untilAborted } from '../lifecycle.ts'
import { simulatedChain } from './simulated-chain.ts'

/**
 * The devnet's chain process: a Hardhat node on loopback. `node cli/devnet/chain-main.ts PORT`. Prints
 * `{ "event": "ready", "url" }` once it serves.
 */
await runUntilStopped(async (signal) => {
  const { network } = await createHardhatRuntimeEnvironment({ networks: { node: simulatedChain } })
  const server = await network.createServer('node', '127.0.0.1', Number(process.argv[2]))
  const { address, port } = await server.listen()
  console.log(JSON.stringify({ event: 'ready', url: `http://${address}:${port}` }))
  await untilAborted(signal)
  await server.close()
})
