import { describe, expect, it } from 'vitest'
import { findConditions } from '../../../../scripts/branches/find-conditions.ts'
import { type Branch, markBranches } from '../../../../scripts/branches/mark-branches.ts'
import { coverBranches } from '../../../../scripts/branches/report-branches.ts'

const source = `pragma solidity ^0.8.37;
// Bytes are no characters: “é”.
contract C {
    error Low(uint256 x);
    function f(uint256 x) external pure returns (uint256 y) {
        require(x > 1, Low(x));
        if (x > 2 ? x < 9 : x == 2) y = 1;
        for (uint256 i = 0; i < x; ++i) while (y < i) ++y;
        for (;;) break;
        do { ++y; } while (y < 3);
        assembly { if x { y := 2 } switch y case 0 { y := 3 } default { y := 4 } }
    }
}
`
const texts = ['x > 1', 'x > 2 ? x < 9 : x == 2', 'x > 2', 'i < x', 'y < i', 'y < 3']

describe('conditions', () => {
  it('are those of if, loops, ternaries and require, outer ones first', () => {
    const { conditions, inAssembly } = findConditions(source)
    const bytes = Buffer.from(source)
    expect(conditions.map(({ start, end }) => bytes.subarray(start, end).toString())).toEqual(texts)
    expect(conditions.map(({ kind }) => kind)).toEqual(['require', 'if', 'ternary', 'loop', 'loop', 'loop'])
    expect(inAssembly).toBe(3)
  })

  it('of what is not Solidity are an error', () => {
    expect(() => findConditions('contract {')).toThrow('Expected identifier')
  })
})

describe('marking', () => {
  it('wraps each condition, one within the other, and leaves Solidity with the same conditions', () => {
    const marked = markBranches('C.sol', source, source)
    const tag = (i: number) => `0x${marked.branches[i].tags.holds}`
    expect(marked.source).toContain(
      `if (__branch(__branch(x > 2, ${tag(2)}) ? x < 9 : x == 2, ${tag(1)})) y = 1;`,
    )
    expect(marked.branches.map(({ text }) => text)).toEqual(texts)
    expect(marked.branches.map(({ line }) => line)).toEqual([6, 7, 7, 8, 8, 10])
    const tags = marked.branches.flatMap(({ tags }) => [tags.holds, tags.fails])
    expect(new Set(tags).size).toBe(12)
    // All of them, and the marker's own.
    expect(findConditions(marked.source).conditions).toHaveLength(7)
  })

  it('tells lines of the original, and refuses instruments that add conditions', () => {
    const instrumented = source.replace('require', '\n\nrequire')
    expect(markBranches('C.sol', source, instrumented).branches[0].line).toBe(6)
    const other = source.replace('y = 1', 'if (x > 4) y = 1')
    expect(() => markBranches('C.sol', source, other)).toThrow('C.sol has other conditions')
  })
})

describe('coverage of branches', () => {
  const branch = (path: string, tag: string): Branch => ({
    path,
    line: 3,
    kind: 'if',
    text: 'a < b',
    tags: { holds: `${tag}0`, fails: `${tag}1` },
  })

  it('counts both outcomes of each, and names those that no test has', () => {
    const coverage = coverBranches(
      [branch('A.sol', 'a'), branch('B.sol', 'b')],
      new Set(['a0', 'a1', 'b1', 'c0']),
    )
    expect(coverage).toEqual({ outcomes: 4, covered: 3, uncovered: ['B.sol:3 if never holds: a < b'] })
  })
})
