import { z } from 'zod'
import { ENVIRONMENT_IDS } from '../../shared/environments/registry.ts'
import { SubnetError } from '../../shared/errors.ts'
import { count, type Settings, text, type Values } from '../settings.ts'
import { type Cheat, cheats } from './participants.ts'

export const devnetSettings = {
  windows: { value: 'n', describe: 'windows to run', schema: count(1, 1000), fallback: '3' },
  miners: { value: 'n', describe: 'honest miners', schema: count(1, 32), fallback: '3' },
  validators: { value: 'n', describe: 'validators', schema: count(1, 16), fallback: '3' },
  adversary: {
    value: 'name',
    describe:
      'a miner that cheats: stale (answers from the parent checkpoint), forge (right answers without the model), shortcut (right answers without the reasoning, every figure true), or none (default: one stale, one forge; with --policy one forge)',
    schema: z.enum([...cheats, 'none'], { error: `must be ${cheats.join(', ')} or none` }),
    repeatable: true,
    optional: true,
  },
  policy: {
    value: 'dir',
    describe:
      'checkpoint that the network runs (default: the embedded one, a step further); it has no parent here, so that nobody can be stale',
    schema: text,
    optional: true,
  },
  groups: {
    value: 'n',
    describe: 'groups a miner answers in a window',
    schema: count(1, 256),
    fallback: '16',
  },
  groupSize: { value: 'n', describe: 'rollouts of a group', schema: count(2, 64), fallback: '8' },
  environment: {
    value: 'id',
    describe: `task family: ${ENVIRONMENT_IDS.join(', ')}`,
    schema: z.enum(ENVIRONMENT_IDS, { error: `must be one of ${ENVIRONMENT_IDS.join(', ')}` }),
    fallback: 'word-problems',
  },
  numerics: {
    value: 'profile',
    describe: 'fast (native kernels) or exact (the same bits on every machine)',
    schema: z.enum(['fast', 'exact'], { error: 'must be fast or exact' }),
    fallback: 'fast',
  },
  seed: {
    value: 'n',
    describe: 'derives every key and the policy step; beacon rounds still follow the clock',
    schema: count(0, 2 ** 32 - 1),
    fallback: '1',
  },
  port: {
    value: 'n',
    describe: 'port of the chain’s JSON-RPC on loopback; 0 takes any free one',
    schema: count(0, 65_535),
    fallback: '0',
  },
  dataset: {
    value: 'file',
    describe:
      'GSM8K file (JSONL as published) for --environment gsm8k; looked for in data/gsm8k and ../shared/data/gsm8k',
    schema: text,
    optional: true,
  },
  dataDir: {
    value: 'dir',
    describe:
      'empty directory for keys, journals, bundles and logs (default: a temporary one, removed at the end)',
    schema: text,
    optional: true,
  },
  report: { value: 'file', describe: 'write the outcome as JSON', schema: text, optional: true },
  keep: {
    describe:
      'show a dashboard, leave everything running after the last window until Ctrl-C, and keep the data',
  },
} as const satisfies Settings

type RawValues = Values<typeof devnetSettings>

export type DevnetValues = Omit<RawValues, 'adversary'> & {
  readonly adversary: readonly Cheat[]
}

/**
 * No `--adversary` means one of each that can be; `--adversary none` means none.
 * @throws SubnetError CONFIG_INVALID when somebody is to be stale under a policy without a parent
 */
export function castOf(values: RawValues): DevnetValues {
  const usual = values.policy === undefined ? (['stale', 'forge'] as const) : (['forge'] as const)
  const named = values.adversary.length === 0 ? usual : values.adversary
  if (values.policy !== undefined && named.includes('stale')) {
    throw new SubnetError(
      'CONFIG_INVALID',
      '--adversary stale answers from the parent of the embedded policy; --policy brings none.',
    )
  }
  return { ...values, adversary: named.filter((name) => name !== 'none') }
}
