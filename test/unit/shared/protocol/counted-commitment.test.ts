import { expect, it } from 'vitest'
import { isCounted } from '../../../../shared/protocol/counted-commitment.ts'

const hotKey = `0x${'01'.repeat(20)}` as const
const other = `0x${'02'.repeat(20)}` as const
const rules = { maxGroups: 4 }
const signed = { before: hotKey, at: hotKey }

it('counts what the miner’s key committed, from before the window on', () => {
  for (const groups of [1, 4]) expect(isCounted({ hotKey, groups }, signed, rules)).toBe(true)
})

it.each([
  ['a key that came with the window or after', 2, { before: other, at: hotKey }],
  ['a key of nobody before the window', 2, { before: null, at: hotKey }],
  ['a key that was rotated away before it committed', 2, { before: hotKey, at: other }],
  ['a miner that had left', 2, { before: hotKey, at: null }],
  ['no groups', 0, signed],
  ['more groups than the rules allow', 5, signed],
])('does not count %s', (_, groups, by) => {
  expect(isCounted({ hotKey, groups }, by, rules)).toBe(false)
})
