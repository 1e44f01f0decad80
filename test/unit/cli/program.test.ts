import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../../cli/program.ts'

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  return text
}

describe('rollproof', () => {
  it('describes every command', () => {
    const silent = leaves(createProgram()).filter((command) => command.description() === '')
    expect(silent.map((command) => command.name())).toEqual([])
  })

  it('gives examples that its own commands take', () => {
    const known = new Map(leaves(createProgram()).map((command) => [pathOf(command), command]))
    let examples = 0
    for (const command of known.values()) {
      for (const [, line] of helpOf(command).matchAll(/^ {2}rollproof (.+)$/gm)) {
        examples++
        const path = [...known.keys()].find((name) => `${line} `.startsWith(`${name} `))
        expect(path, line).toBeDefined()
        const flags = line.match(/--[a-z-]+/g) ?? []
        const options = known.get(path as string)?.options.map(({ long }) => long)
        expect(options, line).toEqual(expect.arrayContaining(flags))
      }
    }
    expect(examples).toBeGreaterThan(8)
  })
})

function pathOf(command: Command): string {
  const { parent } = command
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name()
}
