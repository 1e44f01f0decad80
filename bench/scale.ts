/**
 * npm run bench:scale -- [--miners N]… [--validators N]… [--windows N] [--report FILE]
 *
 * One epoch of growing crowds, against the real contracts on a chain in this process and with the code that the roles
 * run: time and gas by kind of call, a validator's work, memory and bytes, and how each grows with the miners.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { CrowdSize } from './scale/crowd.ts'
import { findSuperlinear } from './scale/goal.ts'
import type { EpochFigures } from './scale/measure-epoch.ts'
import { renderScale } from './scale/render.ts'

const { values: flags } = parseArgs({
  options: {
    miners: { type: 'string', multiple: true, default: ['16', '32', '64', '128', '256'] },
    validators: { type: 'string', multiple: true, default: ['16', '64'] },
    windows: { type: 'string', default: '1' },
    report: { type: 'string' },
  },
})
const windows = wholeNumber('--windows', flags.windows)
const sizes = flags.validators.flatMap((validators) =>
  flags.miners.map((miners) => ({
    miners: wholeNumber('--miners', miners),
    validators: wholeNumber('--validators', validators),
    windows,
  })),
)

/** Ctrl-C reaches the process that measures too, and ends it; what was measured before it is still shown. */
let stopped = false
process.on('SIGINT', () => {
  stopped = true
})

const measured: EpochFigures[] = []
for (const size of sizes) {
  const figures = stopped ? null : await measure(size)
  if (figures) measured.push(figures)
}
if (measured.length > 0) {
  console.log(
    `one epoch of ${windows} windows; ${cpus()[0].model.trim()}, ${availableParallelism()} cores, Node ${process.version}`,
  )
  console.log(renderScale(measured))
}
const broken = findSuperlinear(measured)
for (const line of broken) console.log(`broken: ${line}`)
if (measured.length > 1 && broken.length === 0)
  console.log("a validator's work grows in proportion to the rollouts that it audits")
if (flags.report !== undefined) {
  const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), node: process.version }
  writeFileSync(flags.report, `${JSON.stringify({ machine, measured }, null, 2)}\n`)
}
process.exitCode = stopped ? 130 : broken.length > 0 ? 1 : 0

async function measure(size: CrowdSize): Promise<EpochFigures | null> {
  const path = fileURLToPath(new URL('./scale/size-main.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, path, JSON.stringify(size)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const label = `${size.miners} miners, ${size.validators} validators`
  let lastWords = ''
  createInterface({ input: child.stderr }).on('line', (whole) => {
    // A failed call is quoted with all its data.
    const line = whole.slice(0, 200)
    lastWords = `${lastWords}\n${line}`.slice(-2000)
    showStep(`${label}: ${line}`)
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  showStep('')
  if (stopped) return null
  if (code !== 0) throw new Error(`${label}: ended with ${code}:${lastWords}`)
  return JSON.parse(output)
}

/** One line that is written over, on a terminal; steps of roles elsewhere say nothing that a log needs. */
function showStep(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
  else if (line !== '' && !line.includes('miner ')) process.stderr.write(`${line}\n`)
}

function wholeNumber(flag: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  throw new RangeError(`${flag} is ${value}; give a whole number from 1`)
}
