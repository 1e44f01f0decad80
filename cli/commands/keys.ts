import { Command } from 'commander'
import { readKeyFile, writeKeyFile } from '../key-file.ts'

export function keysCommand(): Command {
  const create = new Command('new')
    .description('write a new private key to FILE (mode 600) and print its address')
    .argument('<file>')
    .action((file: string) => console.log(writeKeyFile(file).address))
  const show = new Command('address')
    .description('print the address of the key in FILE')
    .argument('<file>')
    .action((file: string) => console.log(readKeyFile(file).address))
  return new Command('keys').description('make and look at key files').addCommand(create).addCommand(show)
}
