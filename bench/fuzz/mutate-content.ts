import type { Bundle, Group, Rollout } from '../../shared/protocol/rollout.ts'
import type { Random } from './random.ts'

type RolloutMutation = (rollout: Rollout, random: Random) => Partial<Rollout>

/** What a cheat writes with a sound encoder: values that no type of ours would stop. */
const rolloutMutations: Readonly<Record<string, RolloutMutation>> = {
  'another token': ({ tokens }, random) => ({
    tokens: tokens.with(random.below(tokens.length), random.pick([0, 1, random.below(2 ** 16), 2 ** 32 - 1])),
  }),
  'a token that is no integer': ({ tokens }, random) => ({
    tokens: tokens.with(random.below(tokens.length), random.pick([-1, 0.5, Number.NaN, 2 ** 53])),
  }),
  'tokens without end': ({ tokens }, random) => ({
    tokens: Array.from({ length: random.below(5000) }, (_, i) => tokens[i % tokens.length]),
  }),
  'sketches of another length': (_, random) => ({ sketches: new Int8Array(random.below(500)) }),
  'a log-probability that is none': ({ logProbabilities }, random) => ({
    logProbabilities: logProbabilities.with(
      random.below(logProbabilities.length),
      random.pick([Number.NaN, Number.POSITIVE_INFINITY, 3.4e38, 1e-45]),
    ),
  }),
  'another reward': (_, random) => ({
    reward: random.pick([-1, 0.5, 1_000_001, 2 ** 53, random.below(1_000_001)]),
  }),
  'another finish': (_, random) => ({ finish: random.pick(['end', 'length', 'END', '\u0000'] as 'end'[]) }),
}

export const contentMutations: Readonly<Record<string, (bundle: Bundle, random: Random) => Bundle>> = {
  ...Object.fromEntries(
    Object.entries(rolloutMutations).map(([name, mutate]) => [
      name,
      (bundle: Bundle, random: Random) => {
        const group = random.below(bundle.groups.length)
        const { rollouts } = bundle.groups[group]
        const at = random.below(rollouts.length)
        const changed = { ...rollouts[at], ...mutate(rollouts[at], random) }
        return withGroup(bundle, group, { rollouts: rollouts.with(at, changed) })
      },
    ]),
  ),
  'a group left out': (bundle, random) => {
    const without = random.below(bundle.groups.length)
    return { ...bundle, groups: bundle.groups.filter((_, i) => i !== without) }
  },
  'a group twice': (bundle, random) => ({
    ...bundle,
    groups: [...bundle.groups, random.pick(bundle.groups)],
  }),
  'another group index': (bundle, random) =>
    withGroup(bundle, random.below(bundle.groups.length), { index: random.pick([0, 1, 7, 65_535, 2 ** 40]) }),
  'another group size': (bundle, random) => {
    const group = random.below(bundle.groups.length)
    return withGroup(bundle, group, { rollouts: bundle.groups[group].rollouts.slice(random.below(2)) })
  },
  'another prompt': (bundle, random) =>
    withGroup(bundle, random.below(bundle.groups.length), {
      promptHash: `0x${Buffer.from(random.bytes(random.pick([0, 20, 32, 64]))).toString('hex')}`,
    }),
  'another header': (bundle, random) => {
    const field = random.pick(['chainId', 'window', 'miner'] as const)
    return { ...bundle, [field]: random.pick([0, 1, -1, 0.5, 2 ** 53, Number.MAX_SAFE_INTEGER]) }
  },
}

function withGroup(bundle: Bundle, index: number, change: Partial<Group>): Bundle {
  return { ...bundle, groups: bundle.groups.with(index, { ...bundle.groups[index], ...change }) }
}
