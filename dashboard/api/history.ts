import { askChain } from '../../shared/chain/ask-chain.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { readActiveStakes } from '../../shared/chain/read-active-stakes.ts'
import { type Claim, readClaims } from '../../shared/chain/read-claims.ts'
import { type MinerCommitment, readCommitments } from '../../shared/chain/read-commitments.ts'
import type { Identity } from '../../shared/chain/read-entity.ts'
import { readMiners } from '../../shared/chain/read-miners.ts'
import { type Opening, readOpening } from '../../shared/chain/read-opening.ts'
import { readReveals, type ScoreReveal } from '../../shared/chain/read-reveals.ts'
import { readSchedule } from '../../shared/chain/read-schedule.ts'
import { readScoreCommit } from '../../shared/chain/read-score-commit.ts'
import { readSettlements, type Settlement } from '../../shared/chain/read-settlements.ts'
import { readValidators } from '../../shared/chain/read-validators.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Observer } from '../../shared/network.ts'
import { epochOf, revealEnd, type Schedule, windowAt } from '../../shared/protocol/schedule.ts'
import { readOpenedWindow } from '../../shared/window/read-opened-window.ts'

/** What the chain says of the recent past: everything the overview is made of. */
export interface History {
  readonly block: bigint
  readonly timestamp: bigint
  readonly schedule: Schedule
  readonly window: number
  readonly miners: readonly Identity[]
  readonly validators: readonly Identity[]
  /** Of every validator, in the running epoch. */
  readonly stakes: readonly bigint[]
  /** Oldest first, both; the last ones may be running. */
  readonly windows: readonly WindowFacts[]
  readonly epochs: readonly EpochFacts[]
  readonly claims: readonly Claim[]
  /** Validators that have committed scores of the running epoch. */
  readonly committed: readonly number[]
  readonly opened: OpenedFacts | null
}

export interface WindowFacts {
  readonly window: number
  readonly opening: Opening | null
  readonly commitments: readonly MinerCommitment[]
}

export interface EpochFacts {
  readonly epoch: number
  readonly reveals: readonly ScoreReveal[]
  readonly settlement: Settlement | null
}

export interface OpenedFacts {
  readonly opening: Opening
  /** Null where no relay answered: the seed is not known here then. */
  readonly derived: { readonly seed: string; readonly policy: string } | null
}

/** Windows that are looked back at. */
const recentWindows = 24
/** A relay that does not answer must not hold up what the chain says. */
const longestSeedMs = 1500
/** What lies this far back is taken for final: reorganisations reach less deep. */
const settledBlocks = 32n

/** Keeps what cannot change any more, so that a look costs the endpoint the same however long the network runs. */
export function openHistory(
  observer: Observer,
  clock: Clock,
): {
  read(): Promise<History>
  /** Grows when something became known after the look that asked for it. */
  late(): number
} {
  const { chain } = observer
  const windows = new Map<number, WindowFacts>()
  const epochs = new Map<number, EpochFacts>()
  let late = 0
  const seeds = new Map<number, Promise<OpenedFacts['derived']>>()
  const readWindow = async (window: number): Promise<WindowFacts> => ({
    window,
    opening: await readOpening(chain, window),
    commitments: await readCommitments(chain, window),
  })
  const readOpened = async ({ window, opening }: WindowFacts): Promise<OpenedFacts | null> => {
    if (!opening) return null
    const deriving = seeds.get(window) ?? deriveSeed(observer, window)
    seeds.set(window, deriving)
    const derived = await Promise.race([deriving, clock.sleep(longestSeedMs)])
    if (!derived) deriving.then((found) => (found ? late++ : seeds.delete(window)))
    return { opening, derived: derived ?? null }
  }
  return {
    late: () => late,
    async read() {
      const { number: block, timestamp } = await askChain('read the head', () =>
        chain.publicClient.getBlock(),
      )
      const schedule = await readSchedule(chain)
      const window = windowAt(schedule, block)
      const first = Math.max(0, window - recentWindows + 1)
      const firstEpoch = epochOf(schedule, first)
      const epoch = window < 0 ? -1 : epochOf(schedule, window)
      const isFinal = (epoch: number) => revealEnd(schedule, epoch) + settledBlocks < block
      const facts = await readAll(span(first, window), windows, readWindow, (found) =>
        isFinal(epochOf(schedule, found.window)),
      )
      const readEpochs = await readEpochFacts(chain, span(firstEpoch, epoch), epochs, isFinal)
      forget(windows, first)
      forget(epochs, firstEpoch)
      forget(seeds, window)
      const running = facts.at(-1)
      const validators = await readValidators(chain, block > 0n ? block - 1n : 0n)
      return {
        ...{ block, timestamp, schedule, window, validators, windows: facts, epochs: readEpochs },
        miners: await readMiners(chain),
        stakes:
          epoch < 0
            ? validators.map(({ stakeAtBlock }) => stakeAtBlock)
            : await readActiveStakes(chain, epoch),
        claims: await readClaims(chain, span(firstEpoch, epoch)),
        committed: epoch < 0 ? [] : await readCommitted(chain, epoch, validators),
        opened: running ? await readOpened(running) : null,
      }
    },
  }
}

async function readEpochFacts(
  chain: ChainContext,
  wanted: readonly number[],
  known: Map<number, EpochFacts>,
  isFinal: (epoch: number) => boolean,
): Promise<EpochFacts[]> {
  const missing = wanted.filter((epoch) => !known.has(epoch))
  const settlements = new Map((await readSettlements(chain, missing)).map((found) => [found.epoch, found]))
  const read = async (epoch: number): Promise<EpochFacts> => ({
    epoch,
    reveals: await readReveals(chain, epoch),
    settlement: settlements.get(epoch) ?? null,
  })
  return readAll(wanted, known, read, ({ epoch, settlement }) => settlement !== null && isFinal(epoch))
}

async function deriveSeed(observer: Observer, window: number): Promise<OpenedFacts['derived']> {
  try {
    const opened = await readOpenedWindow(observer, window)
    return opened && { seed: opened.windowSeed, policy: opened.policy.manifestHash }
  } catch {
    // The overview is about the chain; a beacon that is late or gone shows as a seed that is not there.
    return null
  }
}

async function readCommitted(
  chain: ChainContext,
  epoch: number,
  validators: readonly Identity[],
): Promise<number[]> {
  const commits = await Promise.all(validators.map(({ uid }) => readScoreCommit(chain, epoch, uid)))
  return validators.flatMap(({ uid }, i) => (commits[i] ? [uid] : []))
}

async function readAll<Facts>(
  wanted: readonly number[],
  known: Map<number, Facts>,
  read: (index: number) => Promise<Facts>,
  isFinal: (facts: Facts) => boolean,
): Promise<Facts[]> {
  return Promise.all(
    wanted.map(async (index) => {
      const found = known.get(index) ?? (await read(index))
      if (isFinal(found)) known.set(index, found)
      return found
    }),
  )
}

function forget(known: Map<number, unknown>, before: number): void {
  for (const index of known.keys()) if (index < before) known.delete(index)
}

function span(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
}
