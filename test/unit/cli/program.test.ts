import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../../cli/program.ts'

/** Everything that can be run; `deploy` runs, and has a command below it. */
const leaves = (command: Command): Command[] => {
  const inner = command.commands.flatMap(leaves)
  return inner.length === 0 || takes(command, '--key') ? [command, ...inner] : inner
}

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

/** What has no outcome to print as JSON, and why. */
const withoutJson: Readonly<Record<string, string>> = {
  'miner run': 'its log is JSON, a line for each event',
  'validator run': 'its log is JSON, a line for each event',
  'learner run': 'its log is JSON, a line for each event',
  devnet: '--report writes it',
  learn: '--report writes it',
  chaos: '--report writes it',
  dashboard: 'serves its JSON',
  'evidence open': 'prints a JSON document in any case',
  completion: 'prints a script for a shell',
  complete: 'answers a shell’s question',
}

/** What takes a key and yet sends nothing that could be tried first, and why. */
const withoutDryRun: Readonly<Record<string, string>> = {
  'learner run': 'an update is minutes of training; `policy publish --dry-run` tries what it would send',
  'evidence open': 'signs, and sends nothing',
  'evidence check': 'signs, and sends nothing',
  doctor: 'looks whether the key is usable',
  status: 'reads the address',
  init: 'names the file',
  'config show': 'names the file',
}

describe('rollproof', () => {
  it('takes --json wherever it prints an outcome', () => {
    const lacking = leaves(createProgram()).filter((command) => !takes(command, '--json'))
    expect(lacking.map(pathOf).sort()).toEqual(Object.keys(withoutJson).sort())
  })

  it('takes --dry-run wherever a key sends transactions', () => {
    const keyed = leaves(createProgram()).filter((command) =>
      ['--key', '--owner-key'].some((flag) => takes(command, flag)),
    )
    const lacking = keyed.filter((command) => !takes(command, '--dry-run'))
    expect(keyed.length).toBeGreaterThan(15)
    expect(lacking.map(pathOf).sort()).toEqual(Object.keys(withoutDryRun).sort())
  })

  it('describes every command', () => {
    const silent = leaves(createProgram()).filter((command) => command.description() === '')
    expect(silent.map((command) => command.name())).toEqual([])
  })

  it('serves what has no login on loopback, unless told otherwise', () => {
    const hosts = leaves(createProgram()).flatMap((command) =>
      command.options.filter(({ long }) => long === '--host' || long === '--health-host'),
    )
    expect(hosts.length).toBeGreaterThan(3)
    for (const { description } of hosts) expect(description).toMatch(/\(default: 127\.0\.0\.1\)$/)
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

function takes(command: Command, flag: string): boolean {
  return command.options.some(({ long }) => long === flag)
}

function pathOf(command: Command): string {
  const { parent } = command
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name()
}
