import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseGwei } from 'viem'
import { z } from 'zod'
import { DEVICES } from '../../model/engine/engine.ts'
import { passwordFile } from '../keys/key-settings.ts'
import { count, httpUrl, peerUrl, type Settings, text } from '../settings.ts'

const gwei = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be an amount of gwei')
  .transform((value) => parseGwei(value))

/** Where native kernels compute. */
export const device = {
  value: 'name',
  describe: `where the policy runs: ${DEVICES.join(', ')} (policies of the profile fast; exact ones run on the CPU)`,
  schema: z.enum(DEVICES, { error: `must be one of ${DEVICES.join(', ')}` }),
  fallback: 'cpu',
} as const

/** What every role needs to know. */
export const roleSettings = {
  deployment: { value: 'file', describe: 'deployment file of the subnet', schema: text },
  rpc: {
    value: 'url',
    describe: 'JSON-RPC endpoint of the chain; further ones step in when it fails or lags',
    schema: httpUrl,
    repeatable: true,
  },
  confirmations: {
    value: 'n',
    describe: 'blocks, its own counted, that must stand on a block before it is taken for lasting',
    schema: count(1, 256),
    fallback: '12',
  },
  maxFee: {
    value: 'gwei',
    describe: 'the most to offer per gas, however much the network asks',
    schema: gwei,
    fallback: '500',
  },
  key: { value: 'file', describe: 'keystore of the hot key (mode 600)', schema: text },
  passwordFile,
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
  metricsPort: {
    value: 'port',
    describe: 'where /healthz, /readyz and /metrics are served; 0 takes any free one',
    schema: count(0, 65_535),
    fallback: '4831',
  },
  healthHost: {
    value: 'address',
    describe: 'address that --metrics-port is bound to; nothing but loopback needs a firewall',
    schema: text,
    fallback: '127.0.0.1',
  },
  log: {
    value: 'level',
    describe: 'debug, info, warn or error',
    schema: z.enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' }),
    fallback: 'info',
  },
} as const satisfies Settings

const listen = {
  value: 'host:port',
  describe: 'where to serve bundles; port 0 takes any free one',
  schema: z
    .string()
    .regex(/^[^:]+:\d{1,5}$/, 'must be host:port')
    .refine((value) => Number(value.split(':')[1]) < 65_536, 'the port must be below 65536'),
  fallback: '0.0.0.0:4830',
} as const

const publicUrl = {
  value: 'url',
  describe: 'URL under which others reach what --listen serves (default: the address it listens on)',
  schema: httpUrl,
  optional: true,
} as const

/** Where bundles go besides the role's own directory; others fetch them there where --public-url says so. */
const bucket = {
  s3: {
    value: 'url',
    describe:
      'bucket that speaks S3, path included, to put bundles in as well; --public-url is then its address',
    schema: peerUrl,
    optional: true,
  },
  s3Region: { value: 'name', describe: 'region of --s3', schema: text, fallback: 'us-east-1' },
  s3Credentials: {
    value: 'file',
    describe: 'JSON file with accessKeyId and secretAccessKey of --s3 (mode 600)',
    schema: text,
    optional: true,
  },
} as const satisfies Settings

/** What somebody may still need is kept whatever this says. */
const keepGib = {
  value: 'GiB',
  describe: 'bundles and pieces of checkpoints to keep at most, all together; the oldest go first',
  schema: count(1, 1_000_000),
  fallback: '50',
} as const

/** What may be audited or disputed is kept whatever these say. */
const keeping = {
  keepEpochs: {
    value: 'n',
    describe: 'epochs for which bundles are kept',
    schema: count(5, 1_000_000),
    fallback: '64',
  },
  keepGib,
} as const satisfies Settings

/** What answers challenges. */
const engine = {
  device,
  threads: {
    value: 'n',
    describe:
      "processor threads for one operation of the miner's own engine; the answers are the same bits with any",
    schema: count(1, 256),
    fallback: '1',
  },
  engine: {
    value: 'name',
    describe:
      'native (this program), transformers or vllm (started by the miner), or http (an engine at --engine-url)',
    schema: z.enum(['native', 'transformers', 'vllm', 'http'], {
      error: 'must be native, transformers, vllm or http',
    }),
    fallback: 'native',
  },
  engineUrl: {
    value: 'url',
    describe: 'with --engine http: where the engine listens',
    schema: peerUrl,
    optional: true,
  },
  enginePython: {
    value: 'file',
    describe: 'with --engine transformers or vllm: the Python that has them',
    schema: text,
    fallback: 'python3',
  },
  engineTimeout: {
    value: 'seconds',
    describe: 'the longest that an engine other than native may take for a batch',
    schema: count(1, 86_400),
    fallback: '600',
  },
  engineRecomputed: {
    value: 'n',
    describe:
      'rollouts of a batch that are recomputed here, chosen at random, before an answer of an engine other than native is committed',
    schema: count(0, 1024),
    fallback: '2',
  },
} as const satisfies Settings

export const minerSettings = {
  ...roleSettings,
  ...engine,
  listen,
  publicUrl,
  ...bucket,
  ...keeping,
} as const satisfies Settings

export const validatorSettings = {
  ...roleSettings,
  keepGib,
  noReplay: { describe: 'do not take published updates again, nor object to wrong ones' },
} as const satisfies Settings

const swarmMix = z
  .string()
  .regex(/^\d{1,6}:\d{1,6}$/, 'must be own:others, such as 4:4')
  .transform((value) => {
    const [own, others] = value.split(':').map(Number)
    return { own, others }
  })
  .refine(({ own, others }) => own + others > 0, 'must take at least one group')

export const learnerSettings = {
  ...roleSettings,
  key: { ...roleSettings.key, describe: 'keystore of the key that the subnet lets publish (mode 600)' },
  listen: { ...listen, describe: 'where to serve updates and bundles; port 0 takes any free one' },
  publicUrl,
  ...bucket,
  keepGib,
  updates: {
    value: 'dir',
    describe: 'where updates are written (default: updates in --data-dir)',
    schema: text,
    optional: true,
  },
  mode: {
    value: 'name',
    describe:
      'sequential (trains on the latest policy only) or asynchronous (on older ones too; nobody waits)',
    schema: z.enum(['sequential', 'asynchronous'], { error: 'must be sequential or asynchronous' }),
    fallback: 'sequential',
  },
  mostStale: {
    value: 'n',
    describe: 'asynchronous: updates that a group may lie behind when it is trained on',
    schema: count(0, 64),
    fallback: '4',
  },
  fewestGroups: {
    value: 'n',
    describe: 'groups to wait for before an update',
    schema: count(1, 1_000_000),
    fallback: '32',
  },
  mostGroups: {
    value: 'n',
    describe: 'groups of an update at most; the rest waits for the next',
    schema: count(1, 1_000_000),
    fallback: '1024',
  },
  recipe: {
    value: 'file',
    describe: 'JSON with what is to differ from the default recipe',
    schema: text,
    optional: true,
  },
  swarm: {
    value: 'own:others',
    describe: 'train a policy of one’s own, on so many groups of --self and of others; publish nothing',
    schema: swarmMix,
    optional: true,
  },
  self: {
    value: 'uid',
    describe: 'with --swarm: uid of the miner whose groups are one’s own',
    schema: count(0, 0xffff_ffff),
    optional: true,
  },
} as const satisfies Settings
