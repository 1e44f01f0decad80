import ts from 'typescript'

/** What IEEE 754 and ECMAScript define to the bit. The rest of Math is left to the engine and the CPU. */
const exactMath = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
])

/** Clocks, randomness and locales: not the same on two hosts. */
const hostGlobals = new Set(['Date', 'Intl', 'Temporal', 'crypto', 'performance', 'process'])
const localeMethods = new Set(['localeCompare', 'toLocaleLowerCase', 'toLocaleString', 'toLocaleUpperCase'])

export interface Inexact {
  readonly line: number
  readonly what: string
}

/**
 * Uses of what gives different results on different machines. Looks at the syntax tree, so that comments and
 * names of properties do not count, and `Math` counts unless one of its exact functions is called on it directly.
 */
export function findInexact(source: string, fileName = 'source.ts'): Inexact[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true)
  const found: Inexact[] = []
  const note = (node: ts.Node, what: string) => {
    found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, what })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (localeMethods.has(node.text)) note(node, `${node.text} depends on the host's locale`)
      else if (isPropertyName(node)) return
      else if (node.text === 'Math' && !isExactCall(node)) note(node, `${textAround(node)} is not exact`)
      else if (hostGlobals.has(node.text)) note(node, `${node.text} is a property of the host`)
    }
    if (ts.isBinaryExpression(node) && isPower(node.operatorToken.kind) && !isExactPower(node)) {
      note(node, `${node.getText()}: only 2 ** integer literal and bigint powers are exact`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name === node && parent.expression.getText() !== 'globalThis'
  }
  return (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node
}

function isExactCall(math: ts.Identifier): boolean {
  const { parent } = math
  return ts.isPropertyAccessExpression(parent) && exactMath.has(parent.name.text)
}

function textAround(math: ts.Identifier): string {
  return ts.isPropertyAccessExpression(math.parent)
    ? math.parent.getText()
    : 'Math other than by its exact functions'
}

function isPower(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AsteriskAsteriskToken || kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken
}

function isExactPower({ left, right }: ts.BinaryExpression): boolean {
  if (ts.isBigIntLiteral(left)) return true
  const exponent = ts.isPrefixUnaryExpression(right) ? right.operand : right
  return left.getText() === '2' && ts.isNumericLiteral(exponent) && Number.isInteger(Number(exponent.text))
}
