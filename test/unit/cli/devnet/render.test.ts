import { describe, expect, it } from 'vitest'
import { renderBoard } from '../../../../cli/devnet/render.ts'
import { outcome } from './outcomes.ts'

describe('the board', () => {
  const board = renderBoard(outcome, { window: 1, windows: 2, phase: 'audit', seconds: 12.3 })

  it('says where the run is', () => {
    expect(board).toMatch(/^window 2 of 2 {2}phase audit {2}12 s\n/)
  })

  it('has a row for everybody, and the reasons of those who were rejected', () => {
    expect(board).toMatch(/^miner-0 +honest +32 +60 +60 +0 +2000 +100\.0 % +1000$/m)
    expect(board).toMatch(/^validator-0 +2 +2 +0 +100\.0 % +1000$/m)
    expect(board).toContain('miner-1 rejected for SKETCH_MISMATCH ×50, TOKEN_NOT_OWED ×10')
    expect(board).not.toContain('miner-0 rejected')
  })

  it('fits a terminal of 80 columns', () => {
    for (const line of board.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
