import { readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'
import { SubnetError } from '../../shared/errors.ts'
import type { EpochRules } from '../../shared/protocol/consensus.ts'
import type { Rules } from '../../shared/protocol/rules.ts'
import type { AttackReport } from '../../test/attacks/report.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { requireWritable } from '../require-writable.ts'
import { addSettings, count, readSettings, type Settings, text } from '../settings.ts'

const attackSettings = {
  report: { value: 'file', describe: 'write the outcome as JSON', schema: text, optional: true },
  document: {
    value: 'file',
    describe: 'put the tables between the markers of this Markdown file',
    schema: text,
    optional: true,
  },
  only: {
    value: 'name',
    describe: 'an attack by its name (default: all)',
    schema: text,
    repeatable: true,
    optional: true,
  },
  policy: {
    value: 'dir',
    describe: 'checkpoint that the network runs (default: the embedded policy, eight updates on)',
    schema: text,
    optional: true,
  },
  dataset: {
    value: 'file',
    describe: 'GSM8K file, for a --policy that asks for it',
    schema: text,
    optional: true,
  },
  windows: {
    value: 'n',
    describe: 'windows that an attacker may live',
    schema: count(1, 100),
    fallback: '6',
  },
  groups: { value: 'n', describe: 'groups of 8 rollouts a window', schema: count(2, 256), fallback: '16' },
  honestPositions: {
    value: 'n',
    describe: 'honest positions to compare',
    schema: count(1, 100_000_000),
    fallback: '30000',
  },
  numerics: {
    value: 'profile',
    describe: 'fast (native kernels) or exact (the same bits on every machine)',
    schema: z.enum(['fast', 'exact'], { error: 'must be fast or exact' }),
    fallback: 'fast',
  },
  seed: { value: 'n', describe: 'stands for the beacon', schema: count(0, 2 ** 32 - 1), fallback: '1' },
  json,
} as const satisfies Settings

export function attacksCommand(): Command {
  const command = addSettings(new Command('attacks'), attackSettings)
    .description(
      'every attack that we know against the protocol as it is, with what it gains and who notices',
    )
    .action(async () => {
      const { report, document, numerics, json, policy, dataset, ...options } = readSettings(
        command,
        attackSettings,
        process.env,
      )
      if (report !== undefined) requireWritable(report, '--report')
      if (document !== undefined) aroundMarkers(document)
      // Loaded only here: attackers, training and other schemes' rules are nothing that a role needs.
      const { runAttacks } = await import('../../test/attacks/run-attacks.ts')
      const { renderMarkdown, renderReport } = await import('../../test/attacks/render.ts')
      const { faultsOf } = await import('../../test/attacks/report.ts')
      const onProgress = (line: string) => process.stderr.write(`${line}\n`)
      const outcome = await runAttacks({
        ...options,
        profile: numerics,
        brought: policy === undefined ? undefined : { dir: policy, dataset },
        onProgress,
      })
      print(json, outcome, renderReport(outcome))
      if (report !== undefined) writeFileSync(report, `${JSON.stringify(outcome, null, 2)}\n`)
      if (document !== undefined) replaceBetweenMarkers(document, renderMarkdown(outcome))
      process.exitCode = faultsOf(outcome).length === 0 ? 0 : 1
    })
  return command
}

/** @throws SubnetError CONFIG_INVALID for a name that no attack has */
export async function requireAttacks(names: readonly string[]): Promise<void> {
  const { requireKnownAttacks } = await import('../../test/attacks/require-known.ts')
  requireKnownAttacks(names)
}

/**
 * What every attack would earn under other rules.
 * @param only names of attacks; none means all
 */
export async function runAttacksUnder(
  rules: { readonly window: Rules; readonly epoch: EpochRules },
  only: readonly string[],
): Promise<{ table: string; outcome: AttackReport }> {
  const { runAttacks } = await import('../../test/attacks/run-attacks.ts')
  const { renderReport } = await import('../../test/attacks/render.ts')
  const outcome = await runAttacks({
    profile: 'fast',
    seed: 1,
    windows: 6,
    groups: Math.min(16, rules.window.maxGroups),
    honestPositions: 2_000,
    only,
    rules,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  })
  return { table: renderReport(outcome), outcome }
}

const begin = '<!-- attacks: begin -->'
const end = '<!-- attacks: end -->'

function replaceBetweenMarkers(file: string, content: string): void {
  const [before, after] = aroundMarkers(file)
  writeFileSync(file, `${before}\n${content}\n${after}`)
}

/** The page up to its first marker and from its last one on, markers included. */
function aroundMarkers(file: string): [string, string] {
  const page = readFileSync(file, 'utf8')
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from >= 0 && to > from) return [page.slice(0, from + begin.length), page.slice(to)]
  throw new SubnetError(
    'DOCUMENT_UNMARKED',
    `${file} has no lines "${begin}" and "${end}" to write between`,
    {
      details: { file },
    },
  )
}
