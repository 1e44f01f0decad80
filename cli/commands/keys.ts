import { Command } from 'commander'
import { keysImportCommand } from './keys-import.ts'
import { keysListCommand } from './keys-list.ts'
import { keysNewCommand } from './keys-new.ts'
import { keysRotateCommand } from './keys-rotate.ts'

export function keysCommand(): Command {
  return new Command('keys')
    .description('make, import, look at and replace the keys that an operator signs with')
    .addCommand(keysNewCommand())
    .addCommand(keysImportCommand())
    .addCommand(keysListCommand())
    .addCommand(keysRotateCommand())
}
