import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { defects } from '../../scripts/mutations/defects.ts'
import { paramsAbi } from '../../shared/chain/abi.ts'
import { documentedGas, renderGas } from '../gas/document.ts'
import { readSnapshot } from '../gas/snapshot.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const document = read('docs/contracts.md')

describe('docs/contracts.md', () => {
  it('has a row for every rule, with the bounds that the contract enforces', () => {
    const bounds = enforcedBounds()
    expect(bounds.size).toBe(22)
    const rows = [...document.matchAll(/^\| (?:`(\w+)`|(sum of the five)) \| ([^|]+) … ([^|]+) \| /gm)]
    const documented = rows.map(
      ([, rule, sum, low, high]) => [rule ?? sum, `${number(low)} … ${number(high)}`] as const,
    )
    expect(new Map(documented)).toEqual(bounds)
  })

  it('shows the gas figures of the committed snapshot', () => {
    expect(documentedGas()).toBe(renderGas(readSnapshot()))
  })

  it('names every defect that is planted in the contracts', () => {
    const [, section] = document.split('\n## Invariants\n')
    const rows = section.split('\n## ')[0].matchAll(/^\| (?!defect|---)([^|]+) \| ([^|]+) \|$/gm)
    expect([...rows].map(([, defect]) => defect)).toEqual(defects.map(({ name }) => name))
  })

  it('names for every threat of the specification a test that exists', () => {
    const threats = threatRows()
    expect(threats.map(({ threat }) => threat)).toEqual([
      'weight copying',
      'copying of stable scores',
      'non-reveal, last revealer',
      'zero consensus',
      'stake grinding, flash stake',
      'sybil',
      'registration front-running',
      'uid sniping',
      'flooding the log',
      'stolen hot key',
      'two answers by two keys',
      'blaming a miner for bytes changed on the way',
      'slashing escape',
      'reentrancy',
      'dust',
      'boundary gaming',
      'governance takeover',
      'proposer grinding',
      'beacon withholding',
    ])
    const missing = threats.flatMap(({ threat, tests }) => {
      if (tests.length === 0) return [`${threat}: no test`]
      return tests
        .filter(({ path, title }) => !titlesOf(path).has(title))
        .map(({ path, title }) => `${path}: ${title}`)
    })
    expect(missing).toEqual([])
  })
})

/** By rule, as `RuleBounds` has them; where it has none, what the type holds. */
function enforcedBounds(): Map<string, string> {
  const rules = paramsAbi.find((item) => item.type === 'function' && item.name === 'latestRules')
  const bounds = new Map<string, string>()
  for (const { name, type } of rules?.outputs[0].components ?? []) {
    if (name !== 'fromEpoch') bounds.set(name, `0 … ${2n ** BigInt(type.slice('uint'.length)) - 1n}`)
  }
  const calls = read('contracts/libraries/RuleBounds.sol').matchAll(
    /_within\("([\w ]+)", [\w.]+, ([^,;]+), ([^;]+)\);/g,
  )
  for (const [, rule, low, high] of calls) {
    const name = rule === 'score coefficients' ? 'sum of the five' : rule
    bounds.set(name, `${evaluate(low)} … ${evaluate(high)}`)
  }
  return bounds
}

/** Sums, products and quotients from left to right, as the library writes its bounds. */
function evaluate(solidity: string): string {
  if (solidity === 'maxBond') return 'cap / 100'
  if (solidity === 'type(uint128).max') return String(2n ** 128n - 1n)
  const terms = solidity.replaceAll(/[()_]/g, '').replaceAll('PPM', '1000000').split(' ')
  return String(
    terms.reduce((value, term, i) => {
      if (i % 2 === 1) return value
      const operator = terms[i - 1]
      if (operator === '*') return value * BigInt(term)
      if (operator === '/') return value / BigInt(term)
      if (operator === '+') return value + BigInt(term)
      return BigInt(term)
    }, 0n),
  )
}

function number(text: string): string {
  if (text === '2^128 - 1') return String(2n ** 128n - 1n)
  return text.replaceAll(',', '')
}

function threatRows() {
  const [, section] = document.split('\n## Threats\n')
  const rows = section.split('\n## ')[0].matchAll(/^\| (?!threat|---)([^|]+) \| [^|]+ \| ([^|]*) \|$/gm)
  return [...rows].map(([, threat, cell]) => ({
    threat,
    tests: [...cell.matchAll(/\]\(\.\.\/(test\/[^)]+)\) “([^”]+)”/g)].map(([, path, title]) => ({
      path,
      title,
    })),
  }))
}

/** Titles of a file's tests: what it hands to `it`, `test` or `describe`, or its functions where it is Solidity. */
function titlesOf(path: string): Set<string> {
  const source = read(path)
  if (path.endsWith('.sol')) {
    return new Set(
      [...source.matchAll(/function (?:testFuzz|test|invariant)_(\w+)\(/g)].map(([, name]) => name),
    )
  }
  const titles = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText())) {
      const title = node.arguments[0]
      if (title && ts.isStringLiteral(title)) titles.add(title.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true))
  return titles
}
