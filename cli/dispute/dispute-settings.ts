import { passwordFile } from '../keys/key-settings.ts'
import { observerSettings } from '../observer/observer-settings.ts'
import { type Settings, text } from '../settings.ts'

const { deployment, rpc } = observerSettings

/** To bring a proof that needs nothing but the chain. */
export const proverSettings = {
  deployment,
  rpc,
  key: {
    value: 'file',
    describe: 'keystore that pays for the transaction; not needed with --dry-run',
    schema: text,
    optional: true,
  },
  passwordFile,
  dryRun: { describe: 'try the proof on chain and send nothing' },
  json: { describe: 'print the outcome as JSON' },
} as const satisfies Settings

/** To bring one that is made of what a miner committed to. */
export const caseSettings = {
  ...observerSettings,
  ...proverSettings,
  case: {
    value: 'file',
    describe: 'the case that rollproof explain saved, where the miner no longer serves its bundle',
    schema: text,
    optional: true,
  },
} as const satisfies Settings
