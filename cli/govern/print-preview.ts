import { coefficientsOf } from '../../shared/chain/read-rules.ts'
import { requireAttacks, runAttacksUnder } from '../commands/attacks.ts'
import { toJson } from '../observer/to-json.ts'
import { openGovernance } from './open-governance.ts'
import { preview } from './preview.ts'
import { renderPreview } from './render-preview.ts'

/** @throws SubnetError as `preview`; CONFIG_INVALID for an attack that there is not, before anything is read */
export async function printPreview(values: {
  readonly deployment: string
  readonly rpc: string
  readonly json: boolean
  readonly set: readonly string[]
  readonly epochs: number
  readonly journal: string | undefined
  /** None means all; `none` means none. */
  readonly attack: readonly string[]
}): Promise<void> {
  const named = values.attack.filter((name) => name !== 'none')
  if (named.length > 0) await requireAttacks(named)
  const previewed = await preview(await openGovernance(values), values)
  if (!values.json) console.log(renderPreview(previewed))
  const { rules } = previewed
  const attacks = values.attack.includes('none')
    ? null
    : await runAttacksUnder(
        {
          window: { ...rules, coefficients: coefficientsOf(rules) },
          // The arena has stakes of its own, all of them large enough.
          epoch: { ...rules, minValidatorStake: 1n },
        },
        named,
      )
  if (values.json) console.log(toJson({ ...previewed, attacks: attacks?.outcome ?? null }))
  else if (attacks) console.log(`attacks under the proposed rules:\n${attacks.table}`)
}
