import { z } from 'zod'
import { devnetSettings } from '../devnet/devnet-settings.ts'
import { cheats } from '../devnet/participants.ts'
import { count, type Settings, text, type Values } from '../settings.ts'

const { numerics, seed, port, dataDir } = devnetSettings
const environments = ['word-problems', 'sat'] as const

export const learnSettings = {
  minutes: {
    value: 'n',
    describe: 'opens no window after so many minutes',
    schema: count(1, 10_000),
    fallback: '10',
  },
  windows: {
    value: 'n',
    describe: 'windows at most, an update each',
    schema: count(1, 1000),
    fallback: '8',
  },
  evalSeed: {
    value: 'n',
    describe: 'draws the held-out problems',
    schema: count(0, 2 ** 32 - 1),
    fallback: '1',
  },
  problems: {
    value: 'n',
    describe: 'held-out problems, asked before and after',
    schema: count(1, 1_000_000),
    fallback: '2048',
  },
  miners: { value: 'n', describe: 'honest miners', schema: count(1, 32), fallback: '4' },
  validators: { value: 'n', describe: 'validators', schema: count(1, 16), fallback: '1' },
  groups: {
    value: 'n',
    describe: 'groups of 8 rollouts that a miner answers in a window',
    schema: count(1, 256),
    fallback: '48',
  },
  adversary: {
    value: 'name',
    describe:
      'a miner that cheats: shortcut (right answers without the reasoning, every figure true), forge (right answers without the model), stale (answers from the parent checkpoint), or none (default: shortcut)',
    schema: z.enum([...cheats, 'none'], { error: `must be ${cheats.join(', ')} or none` }),
    repeatable: true,
    optional: true,
  },
  noVerify: {
    describe:
      'the experiment without verification: the learner takes every miner at its word, and nobody replays its steps',
  },
  environment: {
    value: 'id',
    describe: `task family: ${environments.join(', ')}`,
    schema: z.enum(environments, { error: `must be one of ${environments.join(', ')}` }),
    fallback: 'word-problems',
  },
  numerics,
  seed,
  port,
  dataDir,
  report: { value: 'file', describe: 'write the outcome as JSON', schema: text, optional: true },
  keep: {
    describe:
      'show a dashboard, leave everything running after the last window until Ctrl-C, and keep the data',
  },
  plot: { value: 'file', describe: 'draw the learning curve as SVG', schema: text, optional: true },
} as const satisfies Settings

export type LearnValues = Values<typeof learnSettings>

/** No `--adversary` means one that would do harm; `--adversary none` means none. */
export function adversariesOf({ adversary }: LearnValues) {
  const named = adversary.length === 0 ? (['shortcut'] as const) : adversary
  return named.filter((name) => name !== 'none')
}
