import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { count, httpUrl, peerUrl, type Settings, text } from '../settings.ts'

/** What every role needs to know. */
export const roleSettings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl },
  key: { value: 'file', describe: 'file with the hot key (0x…, mode 600)', schema: text },
  relay: {
    value: 'url',
    describe: 'drand relay that serves the pinned chain (default: the public ones, where that is quicknet)',
    schema: httpUrl,
    repeatable: true,
    optional: true,
  },
  dataDir: {
    value: 'dir',
    describe: 'journal and bundles of this role',
    schema: text,
    fallback: join(homedir(), '.rollproof'),
  },
  checkpoints: {
    value: 'dir',
    describe: 'directory to look for checkpoints in, besides the embedded ones',
    schema: text,
    repeatable: true,
    optional: true,
  },
  checkpointCache: {
    value: 'dir',
    describe: 'where fetched checkpoints go (default: checkpoints in --data-dir)',
    schema: text,
    optional: true,
  },
  peer: {
    value: 'url',
    describe: 'store to fetch checkpoints from, besides the one that the chain names',
    schema: peerUrl,
    repeatable: true,
    optional: true,
  },
  allowPrivateHosts: {
    describe: 'fetch from private and loopback addresses that others name, too: for devnets only',
  },
  dataset: {
    value: 'file',
    describe: 'GSM8K file (JSONL as published), where the environment is gsm8k',
    schema: text,
    optional: true,
  },
  pollMs: {
    value: 'ms',
    describe: 'pause between looks at the chain',
    schema: count(50, 60_000),
    fallback: '2000',
  },
  log: {
    value: 'level',
    describe: 'debug, info, warn or error',
    schema: z.enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' }),
    fallback: 'info',
  },
} as const satisfies Settings

export const minerSettings = {
  ...roleSettings,
  listen: {
    value: 'host:port',
    describe: 'where to serve bundles; port 0 takes any free one',
    schema: z
      .string()
      .regex(/^[^:]+:\d{1,5}$/, 'must be host:port')
      .refine((value) => Number(value.split(':')[1]) < 65_536, 'the port must be below 65536'),
    fallback: '0.0.0.0:4830',
  },
  publicUrl: {
    value: 'url',
    describe: 'URL under which others reach what --listen serves (default: the address it listens on)',
    schema: httpUrl,
    optional: true,
  },
} as const satisfies Settings
