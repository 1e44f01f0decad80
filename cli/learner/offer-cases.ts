import { type OfferedPart, verifyPart } from '../../learner/export/verified-part.ts'
import type { PolicyShelf } from '../../model/policy.ts'
import { deriveSeeds } from '../../validator/explain.ts'
import { readCase } from '../observer/read-case.ts'

/** Each is one miner's bundle and all that its verdicts depend on: no network is asked. */
export async function* offerCases(
  cases: readonly string[],
  deployment: string | undefined,
  policies: PolicyShelf,
): AsyncGenerator<OfferedPart> {
  for (const path of cases) {
    const facts = readCase(path, deployment)
    const { chainId, subnet, window, miner, rules, commitment, bundle: bytes } = facts
    yield {
      ...{ chainId, subnet, window, miner, root: commitment.root },
      async verify() {
        const { windowSeed } = await deriveSeeds(facts)
        const committed = { chainId, subnet, window, miner, policy: facts.policy, ...commitment }
        return verifyPart(await policies.open(facts.policy), { bytes, committed, windowSeed, rules })
      },
    }
  }
}
