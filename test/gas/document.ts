import { readFileSync, writeFileSync } from 'node:fs'
import type { GasReport } from './measure.ts'
import { targets } from './targets.ts'

const file = new URL('../../docs/contracts.md', import.meta.url)
const begin = '<!-- gas: begin -->'
const end = '<!-- gas: end -->'

/** Puts the figures between the markers of docs/contracts.md. */
export function writeDocument(report: GasReport): void {
  const [before, , after] = parts()
  writeFileSync(file, `${before}${begin}\n${renderGas(report)}\n${end}${after}`)
}

/** What stands between the markers. */
export function documentedGas(): string {
  return parts()[1]
}

export function renderGas(report: GasReport): string {
  const rows = Object.entries(report).map(([sentence, gas]) => {
    const target = targets[sentence]
    const reached = target ? `${format(target.gas)}${gas > target.gas ? ', missed' : ''}` : ''
    return `| ${[sentence, format(gas), reached, target?.peers ?? ''].join(' | ')} |`
  })
  return ['| call | gas | target | others |', '| --- | --: | --: | --- |', ...rows].join('\n')
}

const format = (gas: number) => gas.toLocaleString('en')

/** The page before its markers, what is between them, and the page after. */
function parts(): [string, string, string] {
  const page = readFileSync(file, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/contracts.md has no lines "${begin}" and "${end}"`)
  return [page.slice(0, from), page.slice(from + begin.length + 1, to - 1), page.slice(to + end.length)]
}
