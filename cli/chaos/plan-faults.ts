import { type Hex, hexToBytes, keccak256, toHex } from 'viem'
import type { Role } from '../../shared/chain/role.ts'
import { between, createDraw, type Draw, pick } from '../../shared/protocol/draw.ts'
import { childSeed } from '../../shared/protocol/seed.ts'
import type { Phase } from '../devnet/conductor.ts'
import type { Fault, Lie, PlannedFault, Trouble } from './fault.ts'
import { journalSteps, stepNames } from './journal-steps.ts'

export interface Cast {
  readonly roles: readonly { readonly name: string; readonly role: Role }[]
  /** Those whose disk can be filled. */
  readonly disks: readonly string[]
}

/** Kills at journal steps in a window; every second window has been through all steps. */
export const killsPerWindow = stepNames.length / 2
/** Phases are seconds long; what comes later would rarely meet anybody. */
const latestMs = 8000
const phases = ['generate', 'audit', 'reveal'] as const satisfies readonly Phase[]

type Draft = (draw: Draw, cast: Cast) => Fault

/** How often what is drawn, out of all of these weights. */
const drafts: readonly (readonly [weight: number, draft: Draft])[] = [
  [34, (draw, cast) => ({ ...betweenRoleAnd(draw, cast, 'rpc'), ...troubled(draw, rpcTrouble(draw)) })],
  [18, (draw, cast) => ({ ...betweenRoleAnd(draw, cast, 'relay'), ...troubled(draw, relayTrouble(draw)) })],
  // A bundle is fetched once by each validator: more would leave nobody anything to judge.
  [
    4,
    (draw, cast) => ({
      ...{ on: 'store', role: named(draw, cast, 'miner'), trouble: storeTrouble(draw), exchanges: 1 },
    }),
  ],
  [4, (draw, cast) => ({ on: 'process', role: anybody(draw, cast), does: 'kill' })],
  [
    6,
    (draw, cast) => ({
      ...{ on: 'process', role: anybody(draw, cast), does: 'freeze', ms: between(draw, 500, 6000) },
    }),
  ],
  [
    8,
    (draw, cast) => {
      const skewMs = between(draw, 60_000, 600_000) * pick(draw, [-1, 1])
      return { on: 'clock', role: anybody(draw, cast), skewMs, ms: between(draw, 3000, 30_000) }
    },
  ],
  [8, (draw) => ({ on: 'chain', does: 'reorganise', blocks: between(draw, 1, 12) })],
  [3, (draw) => ({ on: 'chain', does: 'freeze', ms: between(draw, 300, 3000) })],
  [3, (draw) => ({ on: 'beacon', does: 'freeze', ms: between(draw, 500, 6000) })],
]
const diskWeight = 3

/**
 * The faults of a window: the same for the same seed, window and cast.
 * @param others how many, besides the kills at journal steps
 */
export function planWindow(seed: number, window: number, cast: Cast, others: number): PlannedFault[] {
  const draw = createDraw(hexToBytes(childSeed('chaos', seedOf(seed), window)))
  const disk: (typeof drafts)[number] = [diskWeight, (d) => fillDisk(d, cast.disks)]
  const choices = cast.disks.length > 0 ? [...drafts, disk] : drafts
  const kills = Array.from({ length: killsPerWindow }, (_, i) =>
    killAtStep(draw, cast, window * killsPerWindow + i),
  )
  const drawn = Array.from({ length: others }, (): PlannedFault => {
    const fault = choose(draw, choices)(draw, cast)
    const phase = fault.on === 'store' ? 'audit' : pick(draw, phases)
    return { phase, afterMs: draw.below(latestMs), fault }
  })
  return [...kills, ...drawn]
}

/** Steps come round one after the other, so that none is left out. */
function killAtStep(draw: Draw, cast: Cast, turn: number): PlannedFault {
  const step = stepNames[turn % stepNames.length]
  const { role, phase } = journalSteps[step]
  const fault = { on: 'process', role: named(draw, cast, role), does: 'kill at', step } as const
  return { phase, afterMs: 0, fault }
}

function choose(draw: Draw, choices: typeof drafts): Draft {
  let left = draw.below(choices.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, draft] of choices) {
    if (left < weight) return draft
    left -= weight
  }
  throw new RangeError('weights do not add up')
}

function seedOf(seed: number): Hex {
  return keccak256(toHex(`rollproof chaos ${seed}`))
}

function anybody(draw: Draw, { roles }: Cast): string {
  return pick(draw, roles).name
}

function named(draw: Draw, { roles }: Cast, wanted: Role): string {
  return pick(
    draw,
    roles.filter(({ role }) => role === wanted),
  ).name
}

function betweenRoleAnd(draw: Draw, cast: Cast, on: 'rpc' | 'relay') {
  return { on, role: anybody(draw, cast), server: draw.below(2) }
}

/** What passes after one exchange, and what goes on for a while. */
function troubled(draw: Draw, trouble: Trouble) {
  const lasts = trouble.does === 'cut' || trouble.does === 'refuse' || trouble.does === 'lie'
  return { trouble, exchanges: lasts ? between(draw, 1, 8) : 1 }
}

function rpcTrouble(draw: Draw): Trouble {
  return pick<(draw: Draw) => Trouble>(draw, [
    () => ({ does: 'cut' }),
    () => ({ does: 'stall', ms: between(draw, 500, 12_000) }),
    () => ({ does: 'refuse', status: pick(draw, [429, 500, 502, 503]) }),
    () => ({ does: 'lose answer' }),
    truncate,
    () => lie({ of: 'rpc', says: 'earlier block', blocks: between(draw, 1, 40) }),
    () => lie({ of: 'rpc', says: 'later block', blocks: between(draw, 1, 100) }),
    () => lie({ of: 'rpc', says: 'other chain' }),
    () => lie({ of: 'rpc', says: 'no receipt' }),
    () => lie({ of: 'rpc', says: 'no such thing' }),
  ])(draw)
}

function relayTrouble(draw: Draw): Trouble {
  return pick<(draw: Draw) => Trouble>(draw, [
    () => ({ does: 'cut' }),
    () => ({ does: 'stall', ms: between(draw, 500, 7000) }),
    () => ({ does: 'refuse', status: pick(draw, [404, 425, 429, 500, 503]) }),
    truncate,
    corrupt,
    () => lie({ of: 'relay', says: 'other round' }),
    () => lie({ of: 'relay', says: 'other genesis' }),
  ])(draw)
}

function storeTrouble(draw: Draw): Trouble {
  return pick<(draw: Draw) => Trouble>(draw, [
    () => ({ does: 'cut' }),
    () => ({ does: 'stall', ms: between(draw, 500, 12_000) }),
    () => ({ does: 'refuse', status: pick(draw, [404, 429, 500, 503]) }),
    truncate,
    corrupt,
  ])(draw)
}

function truncate(draw: Draw): Trouble {
  return { does: 'truncate', atPpm: draw.below(1_000_000), announced: draw.below(2) === 1 }
}

function corrupt(draw: Draw): Trouble {
  return { does: 'corrupt', atPpm: draw.below(1_000_000) }
}

function lie(told: Lie): Trouble {
  return { does: 'lie', lie: told }
}

function fillDisk(draw: Draw, disks: readonly string[]): Fault {
  return { on: 'disk', role: pick(draw, disks), ms: between(draw, 1000, 8000) }
}
