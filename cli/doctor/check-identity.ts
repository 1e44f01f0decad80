import { type Address, formatEther } from 'viem'
import { askChain } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readNextEpoch } from '../../shared/chain/read-next-epoch.ts'
import { readRules } from '../../shared/chain/read-rules.ts'
import type { Role } from '../../shared/chain/role.ts'
import { identityOf } from '../transact/find-identity.ts'
import { formatTokens } from '../transact/token-amount.ts'
import { type Finding, fail, failed, ok, warn } from './finding.ts'

/** Whether the key signs for somebody whose bond suffices. */
export async function checkIdentity(chain: ChainContext, role: Role, hotKey: Address): Promise<Finding> {
  try {
    const { uid, standing, stake } = await identityOf(chain, role, hotKey)
    const who = `${role} ${uid} is ${standing}, with ${formatTokens(stake)} tokens`
    if (standing !== 'active') {
      return fail('identity', who, `register anew: rollproof register --role ${role} --hot-key ADDRESS …`)
    }
    const { minMinerStake, minValidatorStake } = await readRules(chain, await readNextEpoch(chain))
    const least = role === 'miner' ? minMinerStake : minValidatorStake
    if (stake >= least) return ok('identity', who)
    const fix = `rollproof stake --role ${role} --uid ${uid} --amount ${formatTokens(least - stake)} …, or anybody may remove it`
    return fail('identity', `${who}, below the ${formatTokens(least)} that the rules ask for`, fix)
  } catch (error) {
    const fix = `rollproof register --role ${role} --hot-key ${hotKey} …, or give the --key that is registered`
    return failed('identity', error, fix)
  }
}

/** Gas of a busy window: commitments, beacon rounds, a share of the settlement. */
const gasPerWindow = 1_000_000n
const comfortableWindows = 100n

/** Gas money, which the hot key pays. */
export async function checkFunds({ publicClient }: ChainContext, hotKey: Address): Promise<Finding> {
  const fix = `send some of the chain's own currency to ${hotKey}`
  try {
    const [balance, { maxFeePerGas }] = await askChain('read the balance and the fees', () =>
      Promise.all([publicClient.getBalance({ address: hotKey }), publicClient.estimateFeesPerGas()]),
    )
    const windows = balance / (gasPerWindow * (maxFeePerGas || 1n))
    const found = `${formatEther(balance)} for gas, enough for ${windows} windows at the fees of now`
    if (windows < 1n) return fail('funds', found, fix)
    return windows < comfortableWindows ? warn('funds', found, fix) : ok('funds', found)
  } catch (error) {
    return failed('funds', error, fix)
  }
}
