import Table from 'cli-table3'
import type { Spread } from './spread.ts'
import { rules } from './window.ts'

export interface Measured {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGiB: number
    readonly platform: string
    readonly node: string
  }
  readonly version: string
  readonly runs: number
  readonly profiles: readonly {
    readonly profile: string
    readonly runtime: string
    readonly figures: Readonly<Record<string, Spread>>
  }[]
}

const rollouts = rules.groupSize * rules.maxGroups

const sections: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Tokens a second, one thread',
    [
      ['generatedTokensPerSecond', 'generated: drawn, sketched, judged'],
      ['bareDecodingTokensPerSecond', 'limit: the engine decoding the same tokens'],
      ['verifiedTokensPerSecond', 'verified: every rollout of the bundle'],
      ['bareScoringTokensPerSecond', 'limit: the engine scoring the same tokens'],
      ['verifiedToGenerated', 'verified / generated'],
    ],
  ],
  [
    'Training, tokens a CPU-second',
    [['trainedTokensPerCpuSecond', 'GRPO steps of 64 rows of 96 tokens, 0.81 M parameters']],
  ],
  [
    'Sizes',
    [
      ['sketchBytesPerToken', 'sketch, bytes a token'],
      ['tokensPerRollout', 'completion tokens a rollout'],
      ['canonicalBytesPerRollout', 'bundle, bytes a rollout, canonical'],
      ['bundleBytesPerRollout', 'bundle, bytes a rollout, as stored'],
    ],
  ],
  [
    `Miner, ms a window of ${rollouts} rollouts`,
    [
      ['challengeMs', 'challenges'],
      ['decodeMs', 'decoding'],
      ['sampleMs', 'drawing tokens'],
      ['sketchMs', 'sketches'],
      ['rewardMs', 'rewards'],
      ['encodeMs', 'bundle: CBOR and zstd'],
      ['commitMs', 'commitment tree'],
      ['storeMs', 'storing'],
    ],
  ],
  [
    'Validator, ms for that bundle at the audit rate',
    [
      ['auditedShare', 'share of tokens audited'],
      ['fetchMs', 'fetching over loopback'],
      ['readMs', 'reading: zstd and strict CBOR'],
      ['commitmentMs', 'commitment tree'],
      ['textMs', 'checks without the model, all rollouts'],
      ['forwardMs', 'forward pass, audited rollouts'],
      ['compareMs', 'comparing positions'],
      ['scoreMs', 'score'],
    ],
  ],
  [
    'Process',
    [
      ['openMs', 'opening the checkpoint, ms'],
      ['minerPeakMiB', 'miner, peak memory in MiB'],
      ['validatorPeakMiB', 'validator, peak memory in MiB'],
      ['trainerPeakMiB', 'training, peak memory in MiB'],
    ],
  ],
]

/** The report as text: per profile the median, and the least and most over the runs. */
export function renderReport({ machine, version, runs, profiles }: Measured): string {
  const { cpu, cores, memoryGiB, platform, node } = machine
  const head = [
    `rollproof ${version}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}`,
    ...profiles.map(({ profile, runtime }) => `${profile}: ${runtime}`),
    `median of ${runs} runs (least – most)`,
  ]
  const table = new Table({
    head: ['', ...profiles.map(({ profile }) => profile)],
    colAligns: ['left', ...profiles.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  for (const [title, lines] of sections) {
    table.push([{ content: title.toUpperCase(), colSpan: 1 + profiles.length }])
    for (const [name, label] of lines) {
      table.push([label, ...profiles.map(({ figures }) => cell(figures[name]))])
    }
  }
  return [...head, table.toString()].join('\n')
}

function cell({ median, least, most }: Spread): string {
  const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2
  const write = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return least === most ? write(median) : `${write(median)} (${write(least)} – ${write(most)})`
}
