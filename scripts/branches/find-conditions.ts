import solc from 'solc'

/** What decides between two ways on: an expression of Solidity, by its place in the source in bytes. */
export interface Condition {
  readonly kind: 'if' | 'loop' | 'require' | 'ternary'
  readonly start: number
  readonly end: number
}

export interface Conditions {
  /** In order of their places, an outer one before those within it. */
  readonly conditions: readonly Condition[]
  /** Branches in assembly, whose outcomes nothing tells. */
  readonly inAssembly: number
}

interface Node {
  readonly nodeType: string
  /** start:length:file, in bytes. */
  readonly src: string
  readonly condition?: Node | null
  readonly expression?: { readonly name?: string }
  readonly arguments?: readonly Node[]
}

const kinds: Readonly<Record<string, Condition['kind']>> = {
  IfStatement: 'if',
  ForStatement: 'loop',
  WhileStatement: 'loop',
  DoWhileStatement: 'loop',
  Conditional: 'ternary',
}
const assemblyBranches = new Set(['YulIf', 'YulForLoop', 'YulCase'])

/**
 * Every condition of a file: of `if`, of loops, of `? :`, and what `require` and `assert` demand.
 * @throws Error when it is not Solidity
 */
export function findConditions(source: string): Conditions {
  const conditions: Condition[] = []
  let inAssembly = 0
  walk(parse(source), (node) => {
    if (assemblyBranches.has(node.nodeType)) inAssembly++
    const found = conditionOf(node)
    if (found) conditions.push(found)
  })
  conditions.sort((a, b) => a.start - b.start || b.end - a.end)
  return { conditions, inAssembly }
}

function conditionOf(node: Node): Condition | null {
  const demands = ['require', 'assert'].includes(node.expression?.name ?? '')
  if (node.nodeType === 'FunctionCall' && demands && node.arguments?.length) {
    return { kind: 'require', ...placeOf(node.arguments[0]) }
  }
  const kind = kinds[node.nodeType]
  return kind && node.condition ? { kind, ...placeOf(node.condition) } : null
}

function placeOf({ src }: Node): { start: number; end: number } {
  const [start, length] = src.split(':').map(Number)
  return { start, end: start + length }
}

function parse(source: string): unknown {
  const input = {
    language: 'Solidity',
    sources: { source: { content: source } },
    settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
  }
  const { errors = [], sources } = JSON.parse(solc.compile(JSON.stringify(input)))
  if (sources?.source?.ast) return sources.source.ast
  throw new Error(errors.map(({ message }: Error) => message).join('; '))
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (typeof node !== 'object' || node === null) return
  if ('nodeType' in node) visit(node as Node)
  for (const child of Object.values(node)) walk(child, visit)
}
