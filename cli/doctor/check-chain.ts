import type { Hex } from 'viem'
import { askChain } from '../../shared/chain/ask-chain.ts'
import { type ChainContext, openChain } from '../../shared/chain/connect.ts'
import type { ContractName } from '../../shared/chain/contract-abis.ts'
import type { Deployment } from '../../shared/chain/deployment.ts'
import { assertBeaconConfig } from '../../shared/chain/read-beacon-config.ts'
import { readStrayLinks } from '../../shared/chain/stray-links.ts'
import { type Finding, fail, failed, ok } from './finding.ts'

/** The chain context is null where nothing can be asked. */
export async function checkChain(
  rpcUrl: readonly string[],
  deployment: Deployment,
): Promise<{ finding: Finding; chain: ChainContext | null }> {
  try {
    const clients = await openChain({ rpcUrl, chainId: deployment.chainId })
    const found = `answers as chain ${deployment.chainId}`
    return { finding: ok('chain', found), chain: { ...clients, deployment } }
  } catch (error) {
    const fix = `give --rpc an endpoint of chain ${deployment.chainId} that answers from here`
    return { finding: failed('chain', error, fix), chain: null }
  }
}

/** EIP-2537's addition in G1: two points at infinity give another. */
const g1Add = '0x000000000000000000000000000000000000000b'
const zeros = (bytes: number): Hex => `0x${'00'.repeat(bytes)}`

/** Without them no beacon round can be verified on chain. */
export async function checkPrecompiles({ publicClient }: ChainContext): Promise<Finding> {
  const fix =
    'the chain cannot carry a subnet before its Prague upgrade; with the right chain, use another endpoint'
  try {
    const call = () => publicClient.call({ to: g1Add, data: zeros(256) })
    const { data } = await askChain('call the BLS12-381 precompile', call)
    if (data === zeros(128)) return ok('precompiles', 'EIP-2537 is there')
    return fail('precompiles', 'the BLS12-381 precompiles of EIP-2537 do not answer', fix)
  } catch (error) {
    return failed('precompiles', error, fix)
  }
}

/** Code at every address, all of it of one subnet, and the beacon that the file names. */
export async function checkContracts(chain: ChainContext): Promise<Finding> {
  const fix =
    'get the deployment file again from whoever runs the subnet, or wait until the endpoint has caught up'
  try {
    const missing = await contractsWithoutCode(chain)
    if (missing.length > 0) return fail('contracts', `no code at: ${missing.join(', ')}`, fix)
    const stray = await findStray(chain)
    if (stray.length > 0) return fail('contracts', stray.join('; '), fix)
    await assertBeaconConfig(chain)
    const count = Object.keys(chain.deployment.contracts).length
    return ok('contracts', `${count} contracts of the subnet ${chain.deployment.name}, wired to each other`)
  } catch (error) {
    return failed('contracts', error, fix)
  }
}

async function contractsWithoutCode({ publicClient, deployment }: ChainContext): Promise<string[]> {
  const named = Object.entries(deployment.contracts)
  const codes = await askChain('look for the contracts', () =>
    Promise.all(named.map(([, address]) => publicClient.getCode({ address }))),
  )
  return named.flatMap(([name, address], i) => (codes[i] === undefined ? [`${name} ${address}`] : []))
}

async function findStray(chain: ChainContext): Promise<string[]> {
  const names = Object.keys(chain.deployment.contracts) as ContractName[]
  const found = await Promise.all(names.map((name) => readStrayLinks(chain, name)))
  return found.flatMap((links, i) =>
    links.map(
      ({ getter, actual, expected }) => `${names[i]} works with ${getter} ${actual}, not ${expected}`,
    ),
  )
}
