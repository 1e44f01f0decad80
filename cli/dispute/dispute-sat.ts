import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { VerifiedRound } from '../../shared/beacon/verify-round.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { unsatisfiedSatCall } from '../../shared/chain/dispute-calls.ts'
import { hasRound } from '../../shared/chain/has-round.ts'
import { readCommitmentProof } from '../../shared/chain/read-commitment-proof.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { SubnetError } from '../../shared/errors.ts'
import { readGroup } from '../../shared/protocol/bundle.ts'
import { deriveSeeds } from '../../validator/explain.ts'
import { satProofOf } from '../../validator/sat-proof.ts'
import type { RolloutName } from '../observer/explain.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { Values } from '../settings.ts'
import { bringProof, type Outcome } from './bring-proof.ts'
import type { caseSettings } from './dispute-settings.ts'
import { openCase } from './open-case.ts'
import { openServedBundle, requireReadable } from './open-served-bundle.ts'

/** @throws SubnetError NOT_DISPUTABLE, ROUND_NOT_ON_CHAIN, and those of case, beacon, checkpoint and chain */
export async function disputeSat(
  chain: ChainContext,
  values: Values<typeof caseSettings>,
  { window, miner, group, rollout }: RolloutName,
  signal: AbortSignal,
): Promise<Outcome> {
  const facts = await openCase(values, { window, miner }, signal)
  const { bundle, limits, checkpoint } = await openServedBundle(checkpointRoots(values), facts)
  const tokenizerJson = await readFile(join(checkpoint.dir, 'tokenizer.json'), 'utf8')
  if (group >= bundle.header.groupHashes.length) {
    throw new SubnetError('NOT_DISPUTABLE', `this cannot be proven on chain: there is no group ${group}`)
  }
  const read = requireReadable(readGroup(bundle, group, limits))
  const policy = { manifest: checkpoint.manifest, tokenizerJson }
  const proof = satProofOf(bundle, read, rollout, policy)
  await requireRound(chain, (await deriveSeeds(facts)).openRound, values.dryRun)
  const committed = await readCommitmentProof(chain, window, miner)
  return bringProof(chain, unsatisfiedSatCall(chain.deployment.contracts, committed, proof), values.dryRun)
}

/** The contract derives the problem again, from a beacon round that somebody has to submit. */
async function requireRound(chain: ChainContext, round: VerifiedRound, dryRun: boolean): Promise<void> {
  if (!dryRun) return submitRound(chain, round)
  if (await hasRound(chain, round.round)) return
  throw new SubnetError(
    'ROUND_NOT_ON_CHAIN',
    `nothing was tried: the contract needs beacon round ${round.round}, which nobody has submitted yet. Without --dry-run this command submits it first.`,
    { details: { round: Number(round.round) } },
  )
}
