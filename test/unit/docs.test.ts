import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parseSubnetConfig } from '../../deploy/config.ts'
import { quicknet } from '../../shared/beacon/quicknet.ts'
import { errorSections, explainCode } from '../../shared/error-codes/catalogue.ts'

const root = new URL('../../', import.meta.url)
const folders = ['shared', 'model', 'miner', 'validator', 'learner', 'dashboard', 'cli', 'deploy']
const codeShape = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/
/** Others' words of the same shape: a type of Parquet's, and ggml's of quantised weights. */
const noCodes = ['BYTE_ARRAY', 'Q4_0', 'Q4_1', 'Q5_0', 'Q8_0', 'Q4_K', 'Q6_K']

const reasons = reasonType()
const written = new Set([...codesInSource(), ...reasons])

describe('docs/reasons.md', () => {
  it('documents every reason for a rejection', () => {
    expect(undocumented('docs/reasons.md', reasons)).toEqual([])
  })
})

/** What is thrown is held to the catalogue by its type; what is only logged or answered is text. */
describe('the catalogue of errors', () => {
  it('explains every error code', () => {
    const errors = [...written].filter((code) => !reasons.includes(code))
    expect(errors.length).toBeGreaterThan(40)
    expect(errors.filter((code) => explainCode(code) === undefined)).toEqual([])
  })

  it('explains no code that does not exist, and none twice', () => {
    const explained = errorSections.flatMap(({ codes }) => Object.keys(codes))
    expect(explained.filter((code) => !written.has(code))).toEqual([])
    expect(explained.length).toBe(new Set(explained).size)
  })
})

it('docs/reasons.md names no code that does not exist', () => {
  expect([...codesIn('docs/reasons.md')].filter((code) => !written.has(code))).toEqual([])
})

it.each(documents())('%s links to files that exist', (path) => {
  const base = new URL(path, root)
  const targets = [...readFileSync(base, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)|(?:src|srcset)="([^"]+)"/g)]
    .map(([, link, source]) => link ?? source)
    .filter((target) => !/^[a-z]+:/.test(target))
  const missing = targets.filter((target) => !exists(new URL(target, base)))
  expect(missing).toEqual([])
})

it('docs/subnet.example.json is a configuration that deployment accepts', () => {
  const path = 'docs/subnet.example.json'
  expect(parseSubnetConfig(readFileSync(new URL(path, root), 'utf8'), path).beacon).toEqual(quicknet)
})

function undocumented(path: string, codes: readonly string[]): string[] {
  const documented = codesIn(path)
  return codes.filter((code) => !documented.has(code))
}

/** Codes in backticks at the start of a table row. */
function codesIn(path: string): Set<string> {
  const rows = readFileSync(new URL(path, root), 'utf8').matchAll(/^\| ((?:`[A-Z0-9_]+`(?:, )?)+) \|/gm)
  return new Set([...rows].flatMap(([, cell]) => cell.replaceAll('`', '').split(', ')))
}

function documents(): string[] {
  const docs = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'))
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  return [...top, ...docs.map((name) => `docs/${name}`)]
}

function exists(url: URL): boolean {
  try {
    readFileSync(url)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR'
  }
}

function isForeign(word: string): boolean {
  return word.startsWith('ERR_') || noCodes.includes(word)
}

/** What is thrown or given as a `code`, and every other literal that looks like one. */
function codesInSource(): string[] {
  const codes: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && codeShape.test(node.text) && !isForeign(node.text)) {
      codes.push(node.text)
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'SubnetError') {
      const code = node.arguments?.[0]
      if (code && ts.isStringLiteral(code)) codes.push(code.text)
    }
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'code' &&
      ts.isStringLiteral(node.initializer)
    ) {
      codes.push(node.initializer.text)
    }
    ts.forEachChild(node, visit)
  }
  for (const folder of folders) {
    for (const name of readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${name}`
      if (path.endsWith('.ts') && path !== 'shared/chain/abi.ts') visit(parse(path))
    }
  }
  return codes
}

function reasonType(): string[] {
  const declaration = parse('shared/protocol/verdict.ts').statements.find(
    (node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'Reason',
  )
  return [...(declaration?.getText().matchAll(/'([A-Z_]+)'/g) ?? [])].map(([, code]) => code)
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(new URL(path, root), 'utf8'), ts.ScriptTarget.Latest, true)
}
