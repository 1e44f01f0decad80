import type { ExactOutcome } from '../../shared/protocol/exact-consensus.ts'
import type { SparseMatrix } from '../../shared/protocol/sparse-matrix.ts'

type ByUid = Exclude<keyof ExactOutcome, 'bonds'>

/** Field names after "expect", without case, the suffix U16 and a plural. */
const quantities: Readonly<Record<string, ByUid>> = {
  stake: 'stake',
  stakeweight: 'stake',
  consensu: 'consensus',
  validatortrust: 'validatorTrust',
  rank: 'rank',
  trust: 'trust',
  incentive: 'incentive',
  dividend: 'dividend',
  pruning: 'pruning',
  pruningscore: 'pruning',
  emission: 'emission',
  serverincentive: 'incentive',
  serveremission: 'serverEmission',
  mineremission: 'serverEmission',
  validatoremission: 'validatorEmission',
  permit: 'permit',
  validatorpermit: 'permit',
  newpermit: 'permit',
}

/** What of one expected field differs, in words. A field or shape that is not understood differs. */
export function compareExpectation(outcome: ExactOutcome, field: string, expected: unknown): string[] {
  const name = field
    .slice('expect'.length)
    .replace(/^ed/i, '')
    .replace(/U16$/i, '')
    .toLowerCase()
    .replace(/s$/, '')
  const wanted =
    name === 'bond'
      ? expectedBonds(outcome.bonds, expected)
      : name in quantities
        ? expectedByUid(outcome[quantities[name]], expected)
        : null
  if (!wanted) return [`${field}: not understood, so not compared`]
  return wanted.flatMap(({ place, value, actual }) =>
    `${value}` === `${actual}` ? [] : [`${field}${place}: expected ${value}, got ${actual}`],
  )
}

interface Cell {
  readonly place: string
  readonly value: unknown
  readonly actual: unknown
}

/** A list from uid 0 on, or { uids, values }. */
function expectedByUid(actual: readonly unknown[], expected: unknown): Cell[] | null {
  if (Array.isArray(expected)) {
    return expected.map((value, uid) => ({ place: `[${uid}]`, value, actual: actual[uid] }))
  }
  const { uids, values } = asFields(expected)
  if (!Array.isArray(uids) || !Array.isArray(values) || uids.length !== values.length) return null
  return uids.map((uid, k) => ({ place: `[${uid}]`, value: values[k], actual: actual[Number(uid)] }))
}

/** { column, rows, values }, { row, columns, values }, several of these, or whole sparse rows of [uid, value]. */
function expectedBonds(bonds: SparseMatrix, expected: unknown): Cell[] | null {
  if (Array.isArray(expected)) {
    const parts = expected.map((part, row) =>
      Array.isArray(part) ? sparseRow(bonds, row, part) : expectedBonds(bonds, part),
    )
    return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
  }
  const { column, rows, row, columns, values } = asFields(expected)
  const positions = Array.isArray(rows)
    ? rows.map((i) => [Number(i), Number(column)] as const)
    : Array.isArray(columns)
      ? columns.map((j) => [Number(row), Number(j)] as const)
      : null
  if (!positions || !Array.isArray(values) || positions.length !== values.length) return null
  return positions.map(([i, j], k) => ({
    place: `[${i}][${j}]`,
    value: values[k],
    actual: bondAt(bonds, i, j),
  }))
}

function sparseRow(bonds: SparseMatrix, row: number, entries: readonly unknown[]): Cell[] | null {
  const pairs = entries.every((pair) => Array.isArray(pair) && pair.length === 2)
  if (!pairs || row >= bonds.length) return null
  const wanted = new Map((entries as unknown[][]).map(([column, value]) => [Number(column), value]))
  const columns = new Set([...wanted.keys(), ...bonds[row].map(([column]) => column)])
  return [...columns].map((column) => ({
    place: `[${row}][${column}]`,
    value: wanted.get(column) ?? 0,
    actual: bondAt(bonds, row, column),
  }))
}

/** Undefined outside the matrix, which equals no expected value. */
function bondAt(bonds: SparseMatrix, row: number, column: number): bigint | undefined {
  if (!(column >= 0 && column < bonds.length)) return undefined
  const entries = bonds[row]
  return entries && (entries.find(([j]) => j === column)?.[1] ?? 0n)
}

function asFields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
