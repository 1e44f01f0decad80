import { isAddress } from 'viem'
import { z } from 'zod'
import { json } from '../json-setting.ts'
import { roleSettings } from '../roles/role-settings.ts'
import { count, type Settings, text } from '../settings.ts'

export const dryRun = {
  describe: 'say what would be sent and what it would cost, try it, and send nothing',
} as const

export const role = {
  value: 'role',
  describe: 'miner or validator',
  schema: z.enum(['miner', 'validator'], { error: 'must be miner or validator' }),
} as const

/** To act on a subnet. */
export const transactSettings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: roleSettings.rpc,
  dryRun,
  json,
} as const satisfies Settings

export const hotKey = {
  value: 'address',
  describe: 'address of its hot key',
  schema: z.custom<`0x${string}`>((value) => isAddress(String(value)), 'must be an address') as z.ZodType<
    `0x${string}`,
    string
  >,
} as const

/** Which identity is meant: by its uid, its hot key's address, or the keystore of that. */
export const identitySettings = {
  role,
  uid: { value: 'n', describe: 'its uid', schema: count(0, 0xffff_ffff), optional: true },
  hotKey: { ...hotKey, describe: 'or the address of its hot key', optional: true },
  key: {
    value: 'file',
    describe: 'or the keystore of its hot key, of which only the address is read',
    schema: text,
    optional: true,
  },
} as const satisfies Settings
