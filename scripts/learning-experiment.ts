/**
 * npm run learn:experiment -- [--seeds N] [--windows N] [--out DIR] [--draw]
 *
 * What verification is for: the same network of five miners three times over. All honest; one of the five a
 * forger, and the learner checks; one of the five a forger, and the learner believes. A run that has its JSON in
 * --out is not repeated, so that an interrupted experiment goes on where it was. Then the plot is drawn from the
 * files alone; --draw does only that.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { LearnReport } from '../cli/learn/learn-report.ts'
import { renderLearningPlot } from '../cli/learn/learning-plot.ts'

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    windows: { type: 'string', default: '10' },
    out: { type: 'string', default: fileURLToPath(new URL('../docs/learning', import.meta.url)) },
    draw: { type: 'boolean', default: false },
  },
})

const arms = [
  { name: 'honest', label: 'five honest', flags: ['--miners', '5', '--adversary', 'none'] },
  { name: 'verified', label: 'one in five forges, verified', flags: ['--adversary', 'shortcut'] },
  {
    name: 'believed',
    label: 'one in five forges, believed',
    flags: ['--adversary', 'shortcut', '--no-verify'],
  },
]
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1)
const fileOf = (arm: string, seed: number) => join(flags.out, `${arm}-${seed}.json`)

mkdirSync(flags.out, { recursive: true })
for (const seed of flags.draw ? [] : seeds) {
  for (const { name, flags: own } of arms) run(name, seed, own)
}
const series = arms.map(({ name, label }) => ({
  label,
  runs: seeds
    .map((seed) => fileOf(name, seed))
    .filter(existsSync)
    .map((file) => (JSON.parse(readFileSync(file, 'utf8')) as LearnReport).curve),
}))
const plot = join(dirname(flags.out), 'learning.svg')
writeFileSync(plot, renderLearningPlot('Learning through the network, with and without verification', series))
console.log(`drew ${plot}`)

function run(arm: string, seed: number, own: readonly string[]): void {
  const file = fileOf(arm, seed)
  if (existsSync(file)) {
    console.log(`${file} is there`)
    return
  }
  const unfinished = `${file}.unfinished`
  const settings = ['--seed', seed, '--eval-seed', seed, '--windows', flags.windows, '--minutes', 600].map(
    String,
  )
  const program = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', program, 'learn', ...own, ...settings]
  console.log(`${arm}, seed ${seed}`)
  const { status, signal } = spawnSync(process.execPath, [...args, '--report', unfinished], {
    stdio: 'inherit',
  })
  // 1 is what a run says that did not improve: one of the arms is there to show it.
  if (signal || status === null || status > 1 || readFileSync(unfinished, 'utf8') === '') {
    throw new Error(`the run ended with ${signal ?? `exit code ${status}`} and without a report`)
  }
  renameSync(unfinished, file)
}
