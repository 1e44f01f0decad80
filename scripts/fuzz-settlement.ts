import { parseArgs } from 'node:util'
import { worldOf } from '../test/differential/cases.ts'
import { compareEpochs } from '../test/differential/compare.ts'

/** Settles random epochs on chain and with the integer reference; the first digit that differs ends it. */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    epochs: { type: 'string', default: '10' },
  },
})
const [cases, seed, epochs] = [values.cases, values.seed, values.epochs].map(Number)
const total = { cases: 0, paid: 0, voided: 0, inSteps: 0 }
for (let i = 0; total.cases < cases; i++) {
  const world = worldOf(1_000_000 * seed + i, { validators: 70, miners: 256 })
  const { paid, voided, inSteps } = await compareEpochs(world, epochs)
  total.cases += epochs
  total.paid += paid
  total.voided += voided
  total.inSteps += inSteps
  console.log(`${total.cases} cases, last ${world.stakes.length} x ${world.miners}: all equal`)
}
console.log(JSON.stringify(total))
