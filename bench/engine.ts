/**
 * npm run bench:engine -- URL [--checkpoint DIR] [--batches N]
 *
 * How far an engine behind the protocol of docs/engines.md is from this program's own kernels at every position, beside
 * what validators tolerate, and how fast it answers. Run it before a stake depends on the engine.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { keccak256, stringToBytes } from 'viem'
import { askEngine, type EngineRow } from '../miner/outer-engine/ask-engine.ts'
import { type OwedRollout, owedRollouts } from '../miner/owed-rollouts.ts'
import { hashManifest, parseManifest } from '../model/checkpoint/manifest.ts'
import { openPolicies, type Policy } from '../model/policy.ts'
import { samplingDeviation, samplingUniforms } from '../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../shared/protocol/seed.ts'
import {
  sketchDistance,
  sketchesPerPosition,
  sketchPosition,
  sketchSigns,
} from '../shared/protocol/sketch.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checkpoint: { type: 'string', default: fileURLToPath(new URL('../models/default', import.meta.url)) },
    batches: { type: 'string', default: '4' },
  },
})
const [url] = positionals
const batches = Number(values.batches)
if (!URL.canParse(url) || !Number.isInteger(batches) || batches < 1) {
  throw new RangeError('give the URL of an engine, and with --batches a whole number from 1')
}
const windowSeed = keccak256(stringToBytes('engine bench'))
const miner = 0
const timeoutMs = 3_600_000

const path = join(values.checkpoint, 'manifest.json')
const shelf = openPolicies({ checkpoints: [values.checkpoint], dataset: null })
const policy = await shelf.open(hashManifest(parseManifest(readFileSync(path, 'utf8'), path)))
const found = { sampling: [] as number[], logProbability: [] as number[], sketch: [] as number[] }
let tokens = 0
let engineMs = 0
for (let batch = 0; batch < batches; batch++) {
  const task = {
    policy: policy.manifestHash,
    windowSeed,
    miner,
    firstGroup: 8 * batch,
    groups: 8,
    groupSize: 8,
  }
  const owed = owedRollouts(policy, task)
  const startedMs = performance.now()
  const rows = await askEngine({ url, timeoutMs }, policy, task, owed)
  // The first answer waits for the model to be loaded.
  if (batch > 0 || batches === 1) {
    engineMs += performance.now() - startedMs
    tokens += rows.reduce((sum, row) => sum + row.tokens.length, 0)
  }
  await compare(policy, owed, rows)
}
await shelf.close()
print()

async function compare(
  { session, manifest }: Policy,
  owed: readonly OwedRollout[],
  rows: readonly EngineRow[],
): Promise<void> {
  const expected = owed.map(({ challenge: { group }, rollout }, row) => ({
    uniforms: samplingUniforms(windowSeed, miner, group, rollout, manifest.sampling.maxTokens),
    signSeed: tokenBoundSeed('sketch', windowSeed, hashTokens(rows[row].tokens), miner, group, rollout),
  }))
  const shown = owed.map(({ challenge }, row) => ({ prompt: challenge.prompt, completion: rows[row].tokens }))
  await session.score(shown, (row, position, at) => {
    const { tokens, logProbabilities, sketches } = rows[row]
    const { uniforms, signSeed } = expected[row]
    const signs = sketchSigns(signSeed, position, session.vocabulary)
    const own = sketchPosition(at.logits, signs, manifest.numerics.sketchStep)
    const given = sketches.slice(sketchesPerPosition * position)
    found.sampling.push(samplingDeviation(at.probabilities, uniforms[position], tokens[position]))
    found.logProbability.push(Math.abs(logProbabilities[position] - at.logProbabilities[tokens[position]]))
    found.sketch.push(sketchDistance(given, own))
  })
}

function print(): void {
  const { samplingTolerance, logprobTolerance, sketchTolerance, sketchStep } = policy.manifest.numerics
  const table = new Table({
    head: ['deviation', 'p50', 'p99', 'largest', 'tolerated'],
    style: { head: [], border: [] },
  })
  const rows = [
    ['sampling, share of the distribution', found.sampling, samplingTolerance],
    ['log-probability, nats', found.logProbability, logprobTolerance],
    ['sketch, steps', found.sketch, sketchTolerance / sketchStep],
  ] as const
  for (const [name, deviations, tolerance] of rows) {
    const sorted = deviations.toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]
    table.push([name, ...[at(0.5), at(0.99), at(1), tolerance].map((value) => Number(value.toPrecision(2)))])
  }
  const speed = Math.round((1000 * tokens) / engineMs)
  console.log(table.toString())
  console.log(`${found.sketch.length} positions; ${speed} tokens a second, in batches of 64 rollouts`)
}
