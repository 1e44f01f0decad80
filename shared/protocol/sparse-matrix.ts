import { add, divide, type Fixed, larger, multiply } from './fixed-point.ts'

/** Rows of [column, value], columns ascending or not, each at most once in a row. */
export type SparseMatrix = readonly SparseRow[]
export type SparseRow = readonly (readonly [column: number, value: Fixed])[]

export function mapEntries(
  matrix: SparseMatrix,
  change: (value: Fixed, row: number, column: number) => Fixed,
): SparseMatrix {
  return matrix.map((entries, row) =>
    entries.map(([column, value]) => [column, change(value, row, column)] as const),
  )
}

export function filterEntries(
  matrix: SparseMatrix,
  keep: (row: number, column: number) => boolean,
): SparseMatrix {
  return matrix.map((entries, row) => entries.filter(([column]) => keep(row, column)))
}

export function rowSums(matrix: SparseMatrix): Fixed[] {
  return matrix.map((entries) => entries.reduce((total, [, value]) => add(total, value), 0n))
}

export function normaliseRows(matrix: SparseMatrix): SparseMatrix {
  const totals = rowSums(matrix)
  return mapEntries(matrix, (value, row) => (totals[row] === 0n ? value : divide(value, totals[row])))
}

export function normaliseColumns(matrix: SparseMatrix, columns: number): SparseMatrix {
  const totals = foldColumns(matrix, columns, add)
  return mapEntries(matrix, (value, _, j) => (totals[j] === 0n ? value : divide(value, totals[j])))
}

/** Scales each column so that its largest value is 1. */
export function upscaleColumns(matrix: SparseMatrix, columns: number): SparseMatrix {
  const largest = foldColumns(matrix, columns, larger)
  return mapEntries(matrix, (value, _, j) => (largest[j] === 0n ? value : divide(value, largest[j])))
}

/** Per column, the sum over rows of factor · value. */
export function weightedColumnSums(
  matrix: SparseMatrix,
  rowFactors: readonly Fixed[],
  columns: number,
): Fixed[] {
  return foldColumns(
    mapEntries(matrix, (value, row) => multiply(rowFactors[row], value)),
    columns,
    add,
  )
}

/** Per row, the sum over columns of factor · value. */
export function weightedRowSums(matrix: SparseMatrix, columnFactors: readonly Fixed[]): Fixed[] {
  return rowSums(mapEntries(matrix, (value, _, column) => multiply(columnFactors[column], value)))
}

/** first · a + second · b, without entries that are 0. */
export function combine(a: SparseMatrix, first: Fixed, b: SparseMatrix, second: Fixed): SparseMatrix {
  return a.map((entries, row) => {
    const combined = new Map<number, Fixed>()
    for (const [column, value] of entries) combined.set(column, multiply(first, value))
    for (const [column, value] of b[row]) {
      combined.set(column, add(combined.get(column) ?? 0n, multiply(second, value)))
    }
    return [...combined].filter(([, value]) => value > 0n).sort(([x], [y]) => x - y)
  })
}

function foldColumns(
  matrix: SparseMatrix,
  columns: number,
  fold: (total: Fixed, value: Fixed) => Fixed,
): Fixed[] {
  const folded = Array.from({ length: columns }, () => 0n)
  for (const entries of matrix) {
    for (const [column, value] of entries) folded[column] = fold(folded[column], value)
  }
  return folded
}
