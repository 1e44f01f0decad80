import { createDraw, type Draw } from '../shared/protocol/draw.ts'
import { type AdmittedGroup, inOrder } from './admitted-group.ts'
import { advantagesOf } from './advantages.ts'
import type { Recipe } from './recipe.ts'

/** Groups that a node trains its own policy on: so many that it generated, so many that others did. */
export interface SwarmMix {
  readonly own: number
  readonly others: number
}

/**
 * Swarm sampling (SAPO, Amico et al. 2025): a node that trains a policy of its own takes a configured mix of its
 * own and others' verified groups, drawn uniformly among those that teach something. Where one side has too few,
 * all of it is taken and nothing fills the gap: a mix that silently becomes another one cannot be compared.
 *
 * @param self the node's own uid
 * @param seed 32 bytes; same seed, same choice, whatever the order in which groups arrived
 */
export function mixSwarm(
  groups: readonly AdmittedGroup[],
  self: number,
  mix: SwarmMix,
  signal: Recipe['signal'],
  seed: Uint8Array,
): AdmittedGroup[] {
  const teaching = inOrder(groups).filter((group) => advantagesOf(group, signal) !== null)
  const own = teaching.filter(({ miner }) => miner === self)
  const others = teaching.filter(({ miner }) => miner !== self)
  const draw = createDraw(seed)
  return inOrder([...drawSome(draw, own, mix.own), ...drawSome(draw, others, mix.others)])
}

/** `count` of the groups, or all, by a Fisher–Yates shuffle cut short. */
function drawSome(draw: Draw, groups: readonly AdmittedGroup[], count: number): AdmittedGroup[] {
  const left = [...groups]
  const chosen: AdmittedGroup[] = []
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(draw.below(left.length), 1))
  }
  return chosen
}
