import type { Rejection } from '../verdict.ts'

/** What one check found at one position: how far off, and a rejection when that is outside tolerance. */
export interface PositionFinding {
  readonly deviation: number
  readonly rejection: Rejection | null
}
