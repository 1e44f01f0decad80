import type { ContractFunctionArgs } from 'viem'
import { SubnetError } from '../../errors.ts'
import { paramsAbi } from '../abi.ts'

/** `Rules` of IParams.sol, as the chain takes and gives it. */
export type ChainRulesTuple = ContractFunctionArgs<typeof paramsAbi, 'nonpayable', 'setRules'>[0]
export type RuleName = Exclude<keyof ChainRulesTuple, 'fromEpoch'>

export interface RuleChange {
  readonly rule: RuleName
  readonly from: bigint
  readonly to: bigint
}

const setRules = paramsAbi.find((entry) => entry.type === 'function' && entry.name === 'setRules') as Extract<
  (typeof paramsAbi)[number],
  { name: 'setRules' }
>

/** What can be voted on, with its width in bits: read from the ABI, so that it never lags behind the contract. */
const widths = new Map(
  setRules.inputs[0].components
    .filter(({ name }) => name !== 'fromEpoch')
    .map(({ name, type }) => [name as RuleName, Number(type.slice('uint'.length))]),
)
const ruleNames: readonly RuleName[] = [...widths.keys()]

/**
 * The rules with some values replaced. They keep `fromEpoch`: it says which rules the change was drawn up against.
 * @throws SubnetError CONFIG_INVALID for an unknown rule, no number, or a value that is there already
 */
export function withChanges(rules: ChainRulesTuple, changes: ReadonlyMap<string, string>): ChainRulesTuple {
  const changed: Record<string, number | bigint> = { ...rules }
  for (const [rule, text] of changes) {
    const width = widths.get(rule as RuleName)
    if (width === undefined) {
      throw invalid(`there is no rule "${rule}"; there are: ${ruleNames.join(', ')}`)
    }
    if (!/^\d{1,39}$/.test(text) || BigInt(text) >= 1n << BigInt(width)) {
      throw invalid(`${rule} must be a whole number below 2^${width}, not "${text}"`)
    }
    if (BigInt(changed[rule]) === BigInt(text)) throw invalid(`${rule} is ${text} already`)
    // viem takes up to 48 bits as a number.
    changed[rule] = width <= 48 ? Number(text) : BigInt(text)
  }
  return changed as unknown as ChainRulesTuple
}

export function differencesOf(before: ChainRulesTuple, after: ChainRulesTuple): RuleChange[] {
  return ruleNames
    .map((rule) => ({ rule, from: BigInt(before[rule]), to: BigInt(after[rule]) }))
    .filter(({ from, to }) => from !== to)
}

function invalid(message: string): SubnetError {
  return new SubnetError('CONFIG_INVALID', message)
}
