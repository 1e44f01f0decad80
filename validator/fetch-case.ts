import { findCheckpoint } from '../model/find-checkpoint.ts'
import { readCommitment } from '../shared/chain/read-commitments.ts'
import { readRoleCount } from '../shared/chain/read-role-count.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Observer } from '../shared/network.ts'
import { fetchBundle } from '../shared/store/fetch-bundle.ts'
import { answerOf, type ExplainCase } from './explain-case.ts'
import { readClosedWindow } from './read-closed-window.ts'

/**
 * Gathers from chain, relays and the miner's store what explains any of a miner's verdicts in a window.
 * @param options.checkpoints directories to look for the policy in: its length limit bounds the download
 * @throws SubnetError NOT_COMMITTED, WINDOW_NOT_CLOSED, and those of chain, beacon, checkpoint and store
 */
export async function fetchCase(
  observer: Observer,
  { window, miner }: { readonly window: number; readonly miner: number },
  options: { readonly checkpoints: readonly string[]; readonly allowPrivateHosts: boolean },
): Promise<ExplainCase> {
  const { chain, beacon, signal } = observer
  const closed = await readClosedWindow(observer, window)
  const commitment = await readCommitment(chain, window, miner)
  if (!commitment) {
    throw new SubnetError('NOT_COMMITTED', `miner ${miner} committed nothing to window ${window}`, {
      details: { window, miner },
    })
  }
  const { rules, policy, blockHash, openRound, auditRound } = closed
  const { maxTokens } = (await findCheckpoint(options.checkpoints, policy)).manifest.sampling
  const { root, groups } = commitment
  return {
    chainId: chain.deployment.chainId,
    subnet: chain.deployment.contracts.rolloutLog,
    window,
    miner,
    beacon: beacon.chain,
    blockHash,
    openRound: answerOf(openRound),
    auditRound: answerOf(auditRound),
    rules,
    policy,
    commitment: { root, groups },
    validators: await readRoleCount(chain, 'validator'),
    bundle: await fetchBundle(commitment, { rules, maxTokens }, { ...options, signal }),
  }
}
