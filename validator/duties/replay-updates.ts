import type { Hex } from 'viem'
import { objectPolicy } from '../../shared/chain/object-policy.ts'
import { readChallenge } from '../../shared/chain/read-challenge.ts'
import { readChallengeBlocks } from '../../shared/chain/read-challenge-blocks.ts'
import { readPendingPolicies } from '../../shared/chain/read-pending-policies.ts'
import type { PublishedPolicy } from '../../shared/chain/read-policy.ts'
import type { Duty } from '../../shared/duty.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { ReplayPolicy } from '../../shared/replay-finding.ts'
import { paceTries, pollsBetweenTries } from '../pace-tries.ts'
import type { Validator } from '../validator.ts'

/** An update that brought us down this often, or that we failed at, is abstained from. */
const mostAttempts = 3
/** Of the challenge: so long, what is withheld may still turn up. */
const patience = { of: 4n, parts: 3n }

/**
 * Takes every update again while it may be objected to. A replay takes as long as the update did, so it runs beside
 * the other duties; what it found is journalled, and the objection is sent from here, between the others'
 * transactions.
 *
 * What cannot be had is objected to as well, with the parent's hash, when three quarters of the challenge are over: a
 * checkpoint whose making nobody can check must not come into force, whoever it is that withholds. Where we failed
 * ourselves, we say nothing.
 */
export function replayUpdates(validator: Validator, replay: ReplayPolicy): Duty {
  const { network, journal } = validator
  let running: Promise<void> | null = null
  let failure: unknown = null
  const pace = paceTries(network.clock, pollsBetweenTries * network.pollMs)
  return {
    name: 'replay',
    async run(block) {
      if (failure !== null) {
        const error = failure
        failure = null
        throw error
      }
      for (const policy of await readPendingPolicies(network.chain)) {
        await objectIfDue(validator, policy, block)
        const known = journal.findReplay(policy.manifestHash)
        if (running || (known?.outcome && known.outcome !== 'withheld')) continue
        if (!pace.isDue(policy.manifestHash)) continue
        pace.noteTry(policy.manifestHash)
        running = replayOne(validator, policy, replay)
          .catch((error) => {
            failure = error
          })
          .finally(() => {
            running = null
          })
      }
    },
  }
}

async function replayOne(validator: Validator, policy: PublishedPolicy, replay: ReplayPolicy): Promise<void> {
  const { network, journal } = validator
  const { manifestHash } = policy
  const abstain = (why: string) => {
    journal.recordReplay(manifestHash, { outcome: 'abstained', findings: [why], ownHash: null })
    network.log.warn('left update unreplayed', { policy: manifestHash, why })
  }
  const known = journal.findReplay(manifestHash)
  // What was withheld was not tried yet.
  if (known?.outcome !== 'withheld' && journal.beginReplay(manifestHash) > mostAttempts) {
    return abstain(`${mostAttempts} replays of it failed; earlier lines say how`)
  }
  const startedMs = network.clock.elapsedMs()
  try {
    const finding = await replay(policy)
    journal.recordReplay(manifestHash, finding)
    if (finding.outcome === 'withheld' && known?.outcome === 'withheld') return
    const replayMs = network.clock.elapsedMs() - startedMs
    network.log.info('replayed update', { policy: manifestHash, ...finding, replayMs })
  } catch (error) {
    if (network.signal.aborted) return
    if (error instanceof SubnetError && error.retryable) journal.excuseReplay(manifestHash)
    if (!(error instanceof SubnetError) || error.retryable) throw error
    if (error.code === 'COMPUTE_THREAD_ENDED') throw error
    abstain(`${error.code}: ${error.message}`)
  }
}

async function objectIfDue(validator: Validator, policy: PublishedPolicy, block: bigint): Promise<void> {
  const { network, journal } = validator
  const { chain, log } = network
  const { manifestHash, parent } = policy
  const known = journal.findReplay(manifestHash)
  if (!known || known.objected || known.outcome === 'agrees' || known.outcome === 'abstained') return
  if (known.outcome === null) return
  if (known.outcome === 'withheld') {
    const { endBlock } = await readChallenge(chain, manifestHash)
    const length = await readChallengeBlocks(chain)
    if (block < endBlock - length + (length * patience.parts) / patience.of) return
  }
  const ownHash: Hex = known.ownHash === null || known.ownHash === manifestHash ? parent : known.ownHash
  if (!(await objectPolicy(chain, manifestHash, ownHash))) return
  journal.noteObjection(manifestHash)
  log.warn('objected to update', { policy: manifestHash, ownHash, findings: known.findings })
}
