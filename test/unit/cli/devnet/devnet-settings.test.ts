import { Command } from 'commander'
import { expect, it } from 'vitest'
import { castOf, devnetSettings } from '../../../../cli/devnet/devnet-settings.ts'
import { addSettings, readSettings } from '../../../../cli/settings.ts'

function cast(...flags: string[]): readonly string[] {
  const command = addSettings(new Command('devnet'), devnetSettings).action(() => {})
  command.parse(flags, { from: 'user' })
  return castOf(readSettings(command, devnetSettings, {})).adversary
}

it('shows one stale and one forging miner unless told otherwise', () => {
  expect(cast()).toEqual(['stale', 'forge'])
  expect(cast('--adversary', 'none')).toEqual([])
  expect(cast('--adversary', 'forge', '--adversary', 'forge')).toEqual(['forge', 'forge'])
})

it('lets nobody be stale under a policy that brings no parent', () => {
  expect(cast('--policy', 'x')).toEqual(['forge'])
  expect(() => cast('--policy', 'x', '--adversary', 'stale')).toThrowError(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('--policy') }),
  )
})
