/**
 * npm run bench:model -- --policy DIR [--gguf FILE] [--onnx DIR] [--peers DIR] [--runs N] [--threads N] [--json FILE]
 *
 * How fast a policy answers here, beside llama.cpp and transformers.js on the same weights, at batch 1 and 16. Every
 * answer is a process of its own; contestants take turns within each run, so that a busy machine is unfair to all alike.
 * docs/models.md says how to get the other engines, and the weights in their formats.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseConfig } from '../model/architecture/config.ts'
import type { Assignment, Contestant } from './model/contest.ts'
import { findPeer, installPeers, type PeerName, peerVersions } from './model/peer-package.ts'
import { renderStandings, type Standing } from './model/render.ts'
import { spread } from './spread.ts'
import type { Figures } from './window.ts'

const batches = [1, 16]
const promptLength = 60
const newTokens = 64

const { values: flags } = parseArgs({
  options: {
    policy: { type: 'string' },
    gguf: { type: 'string' },
    onnx: { type: 'string' },
    peers: { type: 'string' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
if (flags.policy === undefined) throw new RangeError('give a checkpoint: --policy DIR')
const policy = resolve(flags.policy)
const peers = resolve(flags.peers ?? '.')
const runs = wholeNumber('--runs', flags.runs)
const threads = wholeNumber('--threads', flags.threads)
const { vocabulary } = parseConfig(JSON.parse(readFileSync(join(policy, 'config.json'), 'utf8')))

const contestants: Contestant[] = [
  { name: 'rollproof', module: 'own-main.ts', weights: policy },
  ...peer('node-llama-cpp', 'llama-main.ts', '--gguf', flags.gguf),
  ...peer('@huggingface/transformers', 'transformers-main.ts', '--onnx', flags.onnx),
]

const measured = batches.flatMap((batch) => contestants.map((contestant) => ({ contestant, batch })))
const figures = measured.map((): Figures[] => [])
for (let run = 0; run < runs; run++) {
  for (const [index, { contestant, batch }] of measured.entries()) {
    process.stderr.write(`run ${run + 1} of ${runs}, batch ${batch}, ${contestant.name} …\n`)
    figures[index].push(measure(contestant, batch))
  }
}
const standings: Standing[] = measured.map(({ contestant: { name }, batch }, index) => ({
  name,
  batch,
  figures: spread(figures[index]),
}))
const machine = {
  cpu: cpus()[0].model.trim(),
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
}
const { cpu, cores, memoryGiB, platform, node } = machine
console.log(`${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}; ${threads} threads`)
console.log(`${promptLength} tokens of prompt, ${newTokens} new ones; median of ${runs} runs (least – most)`)
console.log(renderStandings(standings))
if (flags.json !== undefined) {
  const report = { machine, threads, promptLength, newTokens, runs, standings }
  writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`)
}

/** The peer as a contestant; where it or its weights are missing, none, and a line that says what to do. */
function peer(name: PeerName, module: string, flag: string, weights: string | undefined): Contestant[] {
  const skip = (why: string): Contestant[] => {
    process.stderr.write(`${name} is left out: ${why}\n`)
    return []
  }
  if (weights === undefined) return skip(`give the policy's weights in its format with ${flag}`)
  const found = findPeer(peers, name)
  if (found === null) return skip(`it is not in ${peers}; there: ${installPeers}; then name it with --peers`)
  if (found.version !== peerVersions[name]) {
    process.stderr.write(`${name} is ${found.version}; documented figures are of ${peerVersions[name]}\n`)
  }
  return [{ name: `${name} ${found.version}`, module, weights: resolve(weights) }]
}

function measure({ module, weights }: Contestant, batch: number): Figures {
  const assignment: Assignment = { prompts: promptsOf(batch), newTokens, threads, weights, peers }
  const path = fileURLToPath(new URL(`./model/${module}`, import.meta.url))
  const given = [...process.execArgv, path, JSON.stringify(assignment)]
  return JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8' }))
}

/** Numbers without meaning, another row each: engines take as long for any tokens. */
function promptsOf(batch: number): number[][] {
  return Array.from({ length: batch }, (_, row) =>
    Array.from(
      { length: promptLength },
      (_, position) => (7919 * row + 104_729 * position + 17) % vocabulary,
    ),
  )
}

function wholeNumber(flag: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  throw new RangeError(`${flag} is ${value}; give a whole number from 1`)
}
