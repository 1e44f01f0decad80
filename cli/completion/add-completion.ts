import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { offerPaths } from './offer-paths.ts'

const pathFlag = /[[<](file|dir|store)[\]>]$/
const pathArguments = new Set(['file', 'files', 'dir', 'folder', 'path', 'opening', 'other', 'update'])

/**
 * `completion SHELL` prints what a shell sources; it then asks `complete -- WORDS`. Where a program answers, shells offer
 * no files of their own, so values that are paths are offered here.
 */
export function addCompletion(program: Command): void {
  const completion = tab(program, { completionCommandName: 'completion' })
  const offer = (complete: (value: string, description: string) => void) => {
    for (const path of offerPaths(process.argv.at(-1) ?? '')) complete(path, '')
  }
  for (const [path, { options, arguments: places }] of completion.commands) {
    for (const { long, flags } of commandAt(program, path).options) {
      const option = options.get(String(long).slice(2))
      if (option && pathFlag.test(flags)) option.handler = offer
    }
    for (const [name, place] of places) if (pathArguments.has(name)) place.handler = offer
  }
}

function commandAt(program: Command, path: string): Command {
  return path
    .split(' ')
    .reduce((command, name) => command.commands.find((inner) => inner.name() === name) ?? command, program)
}
