import type { ChainContext } from '../../shared/chain/connect.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Explanation } from '../../validator/explain.ts'
import type { Overview, RolloutDetail } from '../views.ts'
import type { Findings } from './findings.ts'
import { type GovernanceReaders, readGovernance } from './governance.ts'
import type { History } from './history.ts'
import { readLearning } from './learning.ts'
import { loopOf } from './loop.ts'
import { minersOf } from './miners.ts'
import { derivationOf } from './rollout.ts'
import { rolloutPage } from './rollouts.ts'
import { validatorsOf } from './validators.ts'
import { failureOf } from './watch.ts'
import { weightsOf } from './weights.ts'

/** One rollout of the network. */
export interface RolloutName {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
}

/** Where answers come from. */
export interface Sources extends GovernanceReaders {
  readonly chain: ChainContext
  readonly findings: Findings
  /** Of this moment; asked once for each version. */
  history(): Promise<History>
  /** Derives a verdict again: fetches the bundle and runs the model. */
  explain(rollout: RolloutName): Promise<Explanation>
  readonly learning: Parameters<typeof readLearning>[1]
}

/** What can be asked for, by the path below `api/`; each has its own bounds. */
const resources: readonly [RegExp, (sources: Sources, groups: string[]) => Promise<unknown>][] = [
  [/^overview\.json$/, readOverview],
  [
    /^weights\/(\d{1,9})\.json$/,
    async ({ history }, [epoch]) => {
      const facts = (await history()).epochs.find((found) => found.epoch === Number(epoch))
      return (facts && weightsOf(facts)) ?? notFound(`epoch ${epoch} is not settled, or too long ago`)
    },
  ],
  [
    /^rollouts\/(all|\d{1,9})\/(all|rejected)\/(\d{1,4})\.json$/,
    async ({ findings }, [miner, only, page]) =>
      rolloutPage(findings.ledger.rollouts(), {
        miner: miner === 'all' ? null : Number(miner),
        only: only === 'all' ? 'all' : 'rejected',
        page: Number(page),
      }),
  ],
  [
    /^rollout\/(\d{1,9})-(\d{1,9})-(\d{1,9})-(\d{1,9})\.json$/,
    async (sources, groups) => {
      const [window, miner, group, rollout] = groups.map(Number)
      return readRollout(sources, { window, miner, group, rollout })
    },
  ],
  [/^learning\.json$/, ({ chain, learning }) => readLearning(chain, learning)],
  [/^governance\.json$/, (sources) => readGovernance(sources.chain, sources)],
]

/**
 * @param path below `api/`
 * @throws SubnetError NOT_FOUND, and what chain, stores and model throw
 */
export async function readResource(sources: Sources, path: string): Promise<unknown> {
  for (const [pattern, read] of resources) {
    const match = pattern.exec(path)
    if (match) return read(sources, match.slice(1))
  }
  return notFound(`there is nothing at api/${path.slice(0, 100)}`)
}

async function readOverview({ chain, findings, history }: Sources): Promise<Overview> {
  const { name, chainId, contracts } = chain.deployment
  const facts = await history()
  const settled = facts.epochs.filter(({ settlement }) => settlement && !settlement.voided)
  return {
    subnet: { name, chainId, contracts },
    loop: loopOf(facts),
    miners: minersOf(facts, findings.ledger),
    validators: validatorsOf(facts, findings.abstention),
    weighed: settled.map(({ epoch }) => epoch).reverse(),
    journals: findings.journals(),
    recent: { from: facts.windows.at(0)?.window ?? 0, to: facts.windows.at(-1)?.window ?? 0 },
  }
}

async function readRollout({ findings, explain }: Sources, name: RolloutName): Promise<RolloutDetail> {
  const verdicts = findings.verdicts(name)
  try {
    return { ...name, verdicts, derived: derivationOf(await explain(name)), failure: null }
  } catch (error) {
    return { ...name, verdicts, derived: null, failure: failureOf(error) }
  }
}

function notFound(message: string): never {
  throw new SubnetError('NOT_FOUND', message)
}
