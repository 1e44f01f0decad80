import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findCheckpoint } from '../../model/find-checkpoint.ts'
import { connect } from '../../shared/chain/connect.ts'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { proveUnsatisfiedSat } from '../../shared/chain/prove-unsatisfied-sat.ts'
import { readCommitmentProof } from '../../shared/chain/read-commitment-proof.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { SubnetError } from '../../shared/errors.ts'
import { openBundle, readGroup } from '../../shared/protocol/bundle.ts'
import { fetchCase } from '../../validator/fetch-case.ts'
import { readClosedWindow } from '../../validator/read-closed-window.ts'
import { satProofOf } from '../../validator/sat-proof.ts'
import { readKeyFile } from '../key-file.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { Values } from '../settings.ts'
import type { RolloutName } from './explain.ts'
import type { observerSettings } from './observer-settings.ts'
import { openObserver } from './open-observer.ts'

/** @throws SubnetError NOT_DISPUTABLE, NOT_COMMITTED, CHAIN_REVERTED, and those of beacon, checkpoint and store */
export async function disputeSat(
  values: Values<typeof observerSettings> & { readonly key: string },
  { window, miner, group, rollout }: RolloutName,
  signal: AbortSignal,
): Promise<string> {
  const deployment = readDeployment(values.deployment)
  const chain = await connect({ rpcUrl: values.rpc, deployment, account: readKeyFile(values.key) })
  const observer = await openObserver(values, signal)
  const options = { checkpoints: checkpointRoots(values), allowPrivateHosts: values.allowPrivateHosts }
  const facts = await fetchCase(observer, { window, miner }, options)
  const { dir, manifest } = await findCheckpoint(options.checkpoints, facts.policy)
  const tokenizerJson = await readFile(join(dir, 'tokenizer.json'), 'utf8')
  const { maxTokens } = manifest.sampling
  const limits = { rules: facts.rules, maxTokens, vocabulary: 2 ** 32 }
  const opened = openBundle(facts.bundle, limits)
  const read = opened.rejection ? opened : readGroup(opened.value, group, limits)
  if (opened.rejection || read.rejection) {
    throw new SubnetError(
      'NOT_DISPUTABLE',
      `this cannot be proven on chain: the bundle cannot be read (${read.rejection?.reason})`,
      { details: { ...read.rejection } },
    )
  }
  const proof = satProofOf(opened.value, read.value, rollout, { manifest, tokenizerJson })
  await submitRound(chain, (await readClosedWindow(observer, window)).openRound)
  const receipt = await proveUnsatisfiedSat(chain, await readCommitmentProof(chain, window, miner), proof)
  return `miner ${miner} was punished for window ${window}: transaction ${receipt.transactionHash}, ${receipt.gasUsed} gas`
}
