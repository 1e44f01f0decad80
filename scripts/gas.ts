import Table from 'cli-table3'
import { writeDocument } from '../test/gas/document.ts'
import { measureGas } from '../test/gas/measure.ts'
import { compareGas, readSnapshot, writeSnapshot } from '../test/gas/snapshot.ts'
import { targets } from '../test/gas/targets.ts'

/**
 * Measures what every call costs and writes test/gas.json and the table of docs/contracts.md. With --check it writes nothing, and fails when a figure
 * grew by more than two percent.
 */
const report = await measureGas()
const table = new Table({
  head: ['call', 'gas', 'target', 'peers'],
  colAligns: ['left', 'right', 'right', 'left'],
  style: { head: [], border: [], compact: true },
})
for (const [sentence, gas] of Object.entries(report)) {
  const target = targets[sentence]
  table.push([
    sentence,
    gas.toLocaleString('en'),
    target ? target.gas.toLocaleString('en') : '',
    target?.peers ?? '',
  ])
}
console.log(table.toString())

if (process.argv.includes('--check')) {
  const grown = compareGas(readSnapshot(), report)
  for (const line of grown) console.error(line)
  if (grown.length > 0) {
    console.error(
      'gas grew. If it is worth it, run npm run gas and commit test/gas.json and docs/contracts.md.',
    )
    process.exitCode = 1
  }
} else {
  writeSnapshot(report)
  writeDocument(report)
}
