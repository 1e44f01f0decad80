import { peakMemoryMiB } from './stopwatch.ts'
import { demonstrate } from './update/demonstrate.ts'
import { move } from './update/move.ts'
import { pack, unpack } from './update/pack.ts'
import type { Place } from './update/place.ts'
import { replay } from './update/replay.ts'
import { roll } from './update/roll.ts'
import { train } from './update/train.ts'

/** One stage of bench/update.ts in a process of its own, so that its peak memory is its own. */
const stages = { demonstrate, roll, train, move, replay, pack, unpack }

const { stage, place, given } = JSON.parse(process.argv[2]) as {
  stage: keyof typeof stages
  place: Place
  given: never
}
const startedMs = performance.now()
const result = await stages[stage](place, given)
const { user, system } = process.cpuUsage()
const seconds = (performance.now() - startedMs) / 1000
console.log(
  JSON.stringify({ ...result, seconds, cpuSeconds: (user + system) / 1e6, peakMiB: peakMemoryMiB() }),
)
