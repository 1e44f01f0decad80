import { decideConsensus, type EpochRules } from '../../../shared/protocol/consensus.ts'
import { weightRow } from '../../../shared/protocol/score.ts'
import { newcomer } from '../../../shared/protocol/sequential.ts'
import type { Ground } from './ground.ts'
import { type MinerProgram, minerFrom, type Submission } from './miner-program.ts'
import { type Judged, judgeWindow } from './validator.ts'

/** Miners 0 … 2 are honest beside whoever is looked at; validators have equal stakes and audit on their own. */
export const honestMiners = [0, 1, 2]
export const validators = [0, 1, 2]
/** The attacker's identities come next. */
export const firstAttacker = honestMiners.length

/** As a devnet decides (cli/devnet/subnet-config.ts). */
export const epochRules: EpochRules = {
  kappa: 32_767,
  bondsPenalty: 65_535,
  // Each epoch for itself: bonds would spread what an attack gains or loses over those that follow.
  bondsMovingAveragePpm: 0,
  quorumPpm: 666_667,
  minerSharePpm: 500_000,
  minValidatorStake: 1n,
}
export const stake = 1000n

/** One miner's window: what it submitted, and what each validator in turn made of it. */
export interface PlayedWindow {
  readonly submission: Submission | null
  readonly judged: readonly Judged[]
}

export interface Arena {
  readonly ground: Ground
  readonly windows: number
  readonly epochRules: EpochRules
  /** What an identity gets when it works honestly, all windows. */
  honest(miner: number): Promise<readonly PlayedWindow[]>
  /** Plays identities of one program until most validators have excluded them all. */
  play(program: MinerProgram, identities: readonly number[]): Promise<PlayedWindow[][]>
  /** Share of the miners' pool that goes to `identities` in a window. */
  incentive(window: number, of: ReadonlyMap<number, PlayedWindow>): Promise<number>
}

/** @param decide how an epoch is settled */
export function openArena(ground: Ground, windows: number, decide = epochRules): Arena {
  const honestProgram = minerFrom(ground, async ({ windowSeed, miner }) => {
    const window = Array.from({ length: windows }, (_, w) => w).find(
      (w) => ground.windowSeed(w) === windowSeed,
    )
    return [...(await ground.owed(window as number, miner))]
  })
  const seasons = new Map<number, Promise<PlayedWindow[]>>()

  async function playWindow(
    program: MinerProgram,
    miner: number,
    window: number,
    before: PlayedWindow | undefined,
  ): Promise<PlayedWindow> {
    const task = { window, windowSeed: ground.windowSeed(window), miner }
    const submission = await program.answer(task)
    const judged: Judged[] = []
    for (const validator of validators) {
      const standing = before?.judged[validator].standing ?? newcomer
      judged.push(await judgeWindow(ground, { window, miner, validator }, submission, standing))
    }
    return { submission, judged }
  }

  const arena: Arena = {
    ground,
    windows,
    epochRules: decide,
    honest(miner) {
      const known =
        seasons.get(miner) ??
        arena.play(honestProgram, [miner]).then((played) => played.map(([only]) => only))
      seasons.set(miner, known)
      return known
    },
    async play(program, identities) {
      const played: PlayedWindow[][] = []
      for (let window = 0; window < windows; window++) {
        const row: PlayedWindow[] = []
        for (const [i, miner] of identities.entries()) {
          row.push(await playWindow(program, miner, window, played.at(-1)?.[i]))
        }
        played.push(row)
        if (row.every(isExcluded)) break
      }
      return played
    },
    async incentive(window, of) {
      const columns = new Map(of)
      for (const miner of honestMiners) {
        if (!columns.has(miner)) columns.set(miner, (await arena.honest(miner))[window])
      }
      const uids = [...columns.keys()].sort((a, b) => a - b)
      const rows = validators.map((validator) =>
        weightRow(uids.map((uid) => (columns.get(uid) as PlayedWindow).judged[validator].score)),
      )
      const decided = decideConsensus(
        rows.map((weights) => ({ stake, weights })),
        decide,
      )
      if (!decided) return 0
      const total = decided.ranks.reduce((sum, rank) => sum + rank, 0)
      return uids.reduce((sum, uid, i) => sum + (of.has(uid) ? decided.ranks[i] / total : 0), 0)
    },
  }
  return arena
}

/** By most validators, whose rows then decide. */
export function isExcluded({ judged }: PlayedWindow): boolean {
  return judged.filter(({ standing }) => standing.excluded).length * 2 > judged.length
}
