import { type Address, isAddress } from 'viem'
import { z } from 'zod'
import { passwordFile } from '../keys/key-settings.ts'
import { httpUrl, type Settings, text } from '../settings.ts'

/** To look at proposals. */
export const readSettings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  json: { describe: 'print everything as JSON' },
} as const satisfies Settings

/** To take part in them. */
export const actSettings = {
  ...readSettings,
  key: { value: 'file', describe: 'keystore of a token holder, who pays the gas', schema: text },
  passwordFile,
  dryRun: { describe: 'say what would be sent, try it, and send nothing' },
} as const satisfies Settings

export const changes = {
  set: {
    value: 'rule=value',
    describe: 'a rule and its new value, such as kappa=32767; token amounts in token units',
    schema: z.string().regex(/^\w+=\d+$/, 'must be RULE=NUMBER'),
    repeatable: true,
    optional: true,
  },
} as const satisfies Settings

export const address: z.ZodType<Address, string> = z.custom<Address>(
  (value) => isAddress(String(value)),
  'must be an address',
) as z.ZodType<Address, string>
