import type { Rules, ScoreCoefficients } from '../protocol/rules.ts'
import { paramsAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** All of an epoch's rules; the chain itself applies those that `Rules` lacks. */
export interface ChainRules extends Rules {
  /** Of 65535. */
  readonly kappa: number
  /** Of 65535. */
  readonly bondsPenalty: number
  readonly bondsMovingAveragePpm: number
  readonly nonRevealSlashPpm: number
  readonly faultSlashPpm: number
  readonly minerSharePpm: number
  readonly quorumPpm: number
  readonly minMinerStake: bigint
  readonly minValidatorStake: bigint
  /** Token units; the vault's schedule bounds it. */
  readonly emissionPerEpoch: bigint
  readonly treasurySharePpm: number
  /** First epoch that these rules apply to. */
  readonly fromEpoch: number
}

export async function readRules(
  { publicClient, deployment }: ChainContext,
  epoch: number,
): Promise<ChainRules> {
  const rules = await askChain(`read the rules of epoch ${epoch}`, () =>
    publicClient.readContract({
      address: deployment.contracts.params,
      abi: paramsAbi,
      functionName: 'rulesAt',
      args: [BigInt(epoch)],
    }),
  )
  return {
    ...rules,
    fromEpoch: Number(rules.fromEpoch),
    coefficients: coefficientsOf(rules),
  }
}

interface ScoreRules {
  readonly scoreBasePpm: number
  readonly scoreCorrectnessPpm: number
  readonly scoreReasoningPpm: number
  readonly scoreSatisfactionPpm: number
  readonly scoreSignalPpm: number
}

export function coefficientsOf(rules: ScoreRules): ScoreCoefficients {
  return {
    base: rules.scoreBasePpm,
    correctness: rules.scoreCorrectnessPpm,
    reasoning: rules.scoreReasoningPpm,
    satisfaction: rules.scoreSatisfactionPpm,
    signal: rules.scoreSignalPpm,
  }
}
