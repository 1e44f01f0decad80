import { observerSettings } from '../observer/observer-settings.ts'
import { count, type Settings, text, type Values } from '../settings.ts'

export const dashboardSettings = {
  ...observerSettings,
  dataDir: {
    value: 'dir',
    describe: 'data directory of a validator, or of a devnet: its journals say what was audited',
    schema: text,
    optional: true,
  },
  host: {
    value: 'address',
    describe: 'where to listen; other machines reach it only when this is not loopback',
    schema: text,
    fallback: '127.0.0.1',
  },
  port: {
    value: 'n',
    describe: 'port to listen on; 0 takes any free one',
    schema: count(0, 65_535),
    fallback: '4840',
  },
  export: {
    value: 'dir',
    describe: 'write the page and what it shows now into this folder, for any static server, and end',
    schema: text,
    optional: true,
  },
} as const satisfies Settings

export type DashboardValues = Values<typeof dashboardSettings>
