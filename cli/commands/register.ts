import { Command } from 'commander'
import { isAddress, parseUnits } from 'viem'
import { z } from 'zod'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { registerIdentity } from '../../shared/chain/register-identity.ts'
import { readKeyFile } from '../key-file.ts'
import { addSettings, httpUrl, readSettings, type Settings, text } from '../settings.ts'

const tokenAmount = z.string().regex(/^\d+(\.\d{1,18})?$/, 'must be a positive amount of tokens')

const settings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  role: {
    value: 'role',
    describe: 'miner or validator',
    schema: z.enum(['miner', 'validator'], { error: 'must be miner or validator' }),
  },
  ownerKey: {
    value: 'file',
    describe:
      'file with the owner key, which pays the bond and is paid the rewards; keep it off the role’s machine',
    schema: text,
  },
  hotKey: {
    value: 'address',
    describe: 'address of the hot key that the role will sign with',
    schema: z.custom<`0x${string}`>((value) => isAddress(String(value)), 'must be an address') as z.ZodType<
      `0x${string}`,
      string
    >,
  },
  stake: {
    value: 'tokens',
    describe: 'bond, in whole tokens',
    schema: tokenAmount,
  },
  maxPrice: {
    value: 'tokens',
    describe: 'the most to pay for the identity besides the bond; what it costs now when absent',
    schema: tokenAmount,
    optional: true,
  },
} as const satisfies Settings

export function registerCommand(): Command {
  const command = addSettings(new Command('register'), settings)
    .description('bond tokens for a miner or a validator and name its hot key')
    .action(async () => {
      const values = readSettings(command, settings, process.env)
      const chain = await connect({
        rpcUrl: values.rpc,
        deployment: readDeployment(values.deployment),
        account: readKeyFile(values.ownerKey),
      })
      const stake = parseUnits(values.stake, 18)
      const maxPrice = values.maxPrice === undefined ? undefined : parseUnits(values.maxPrice, 18)
      const { uid } = await registerIdentity(chain, {
        role: values.role,
        hotKey: values.hotKey,
        stake,
        maxPrice,
      })
      console.log(`${values.role} ${uid}, hot key ${values.hotKey}`)
    })
  return command
}
