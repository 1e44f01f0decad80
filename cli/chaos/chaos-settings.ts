import { devnetSettings } from '../devnet/devnet-settings.ts'
import { count, type Settings, text, type Values } from '../settings.ts'

export const chaosSettings = {
  faults: {
    value: 'n',
    describe: 'faults that must have taken effect',
    schema: count(0, 100_000),
    fallback: '500',
  },
  minutes: {
    value: 'n',
    describe: 'plans no more faults after so many minutes',
    schema: count(1, 10_000),
    fallback: '40',
  },
  soak: {
    value: 'minutes',
    describe: 'goes on so long without faults, and measures how the memory of each role grows',
    schema: count(0, 10_000),
    fallback: '0',
  },
  miners: { value: 'n', describe: 'miners, all honest', schema: count(1, 32), fallback: '2' },
  validators: {
    value: 'n',
    describe: 'validators; the last computes with another class of kernels',
    schema: count(1, 16),
    fallback: '4',
  },
  seed: {
    value: 'n',
    describe: 'draws the faults and derives every key',
    schema: count(0, 2 ** 32 - 1),
    fallback: '1',
  },
  dataDir: devnetSettings.dataDir,
  report: { value: 'file', describe: 'write the figures as JSON', schema: text, optional: true },
} as const satisfies Settings

export type ChaosValues = Values<typeof chaosSettings>
