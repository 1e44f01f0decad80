import { keccak256, toHex } from 'viem'
import { type Condition, findConditions } from './find-conditions.ts'

/** One condition of a contract, and how its two outcomes are told. */
export interface Branch {
  readonly path: string
  readonly line: number
  readonly kind: Condition['kind']
  readonly text: string
  /** What an execution leaves when the condition holds, and when it does not; 64 hex digits. */
  readonly tags: { readonly holds: string; readonly fails: string }
}

export interface Marked {
  readonly source: string
  readonly branches: readonly Branch[]
  readonly inAssembly: number
}

/** Appended to each file; the library is that of Hardhat's own instruments, which import it. */
const marker = `
function __branch(bool holds, uint256 tag) pure returns (bool) {
    __NomicFoundationCoverage.sendHit(holds ? tag : tag + 1);
    return holds;
}
`

/**
 * Wraps every condition of an instrumented source, so that its outcome leaves a tag as a statement does.
 * @param original the same file before any instruments: it has the same conditions in the same order
 * @throws Error when either is not Solidity
 */
export function markBranches(path: string, original: string, instrumented: string): Marked {
  const written = findConditions(original)
  const { conditions } = findConditions(instrumented)
  if (conditions.length !== written.conditions.length) {
    throw new Error(`${path} has other conditions once it is instrumented`)
  }
  const bytes = Buffer.from(original)
  const branches = written.conditions.map(({ kind, start, end }, i): Branch => {
    const tag = BigInt(keccak256(toHex(`${path} ${i}`))) & ~1n
    return {
      path,
      line: bytes.subarray(0, start).toString().split('\n').length,
      kind,
      text: bytes.subarray(start, end).toString().replace(/\s+/g, ' '),
      tags: { holds: hex(tag), fails: hex(tag + 1n) },
    }
  })
  if (branches.length === 0) return { source: instrumented, branches, inAssembly: written.inAssembly }
  const source = `${wrap(instrumented, conditions, branches)}${marker}`
  return { source, branches, inAssembly: written.inAssembly }
}

function wrap(source: string, conditions: readonly Condition[], branches: readonly Branch[]): string {
  // Conditions come outer first: at one place an outer one opens before an inner one, and closes after it.
  const opening = conditions.map(({ start }) => ({ at: start, text: '__branch(' }))
  const closing = conditions
    .map(({ end }, i) => ({ at: end, text: `, 0x${branches[i].tags.holds})` }))
    .reverse()
  const insertions = [...closing, ...opening].sort((a, b) => a.at - b.at)
  const bytes = Buffer.from(source)
  let done = 0
  const pieces = insertions.flatMap(({ at, text }) => {
    const piece = bytes.subarray(done, at).toString()
    done = at
    return [piece, text]
  })
  return [...pieces, bytes.subarray(done).toString()].join('')
}

function hex(tag: bigint): string {
  return tag.toString(16).padStart(64, '0')
}
