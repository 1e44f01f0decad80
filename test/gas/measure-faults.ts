import { type Hex, hexToBytes, keccak256, sha256, toHex, zeroHash } from 'viem'
import { treeOf } from '../../cli/dispute/committed-tree.ts'
import { treeCall } from '../../cli/dispute/dispute-commitment.ts'
import { hashManifest } from '../../model/checkpoint/manifest.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { equivocationCall, unsatisfiedSatCall } from '../../shared/chain/dispute-calls.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { openingStatement } from '../../shared/chain/opening-statement.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { readCommitmentProof } from '../../shared/chain/read-commitment-proof.ts'
import { type AnyCall, sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { sat } from '../../shared/environments/sat.ts'
import { encodeBundle, headerOf, type OpenBundle } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle } from '../../shared/protocol/rollout.ts'
import { windowStart } from '../../shared/protocol/schedule.ts'
import { childSeed, windowSeed } from '../../shared/protocol/seed.ts'
import { satProofOf } from '../../validator/sat-proof.ts'
import { treeProofOf } from '../../validator/tree-proof.ts'
import { createSubnet, oneToken, signTestRound, type TestSubnet, testConfig } from '../contracts/subnet.ts'
import { satBundle, satManifest, satTokenizer } from '../helpers/sat-bundle.ts'

const { groupSize, maxGroups: groups } = testConfig.rules
const startDelayBlocks = 120
const bond = 100n * oneToken

/** What it costs to prove faults, on a small subnet; slashed tokens are burned. */
export async function measureFaults(): Promise<Record<string, number>> {
  const subnet = await createSubnet({
    ...testConfig,
    schedule: { ...testConfig.schedule, startDelayBlocks },
  })
  const miners = [await subnet.register('miner', 'a', bond), await subnet.register('miner', 'b', bond)]
  const validator = await subnet.register('validator', 'v', bond)
  await publishPolicy(subnet, satPolicy)
  const gasOf = async (call: AnyCall) => Number((await sendTransaction(subnet, call)).gasUsed)

  const { window, seed, group } = await openWithLargestProblem(subnet)
  const { chainId, contracts } = subnet.deployment
  const about = { chainId, subnet: contracts.rolloutLog, window }
  const write = () => '0123456789!'
  const unearned = satBundle({ ...about, miner: 0 }, seed, { groups, groupSize }, write)
  // Made for the window after, and committed to this one.
  const foreign = satBundle({ ...about, miner: 1, window: window + 1 }, seed, { groups, groupSize }, write)
  for (const [i, bundle] of [unearned, foreign].entries()) {
    await commitRoot(miners[i].hotKey, { window, ...commitmentOf(bundle) })
  }
  const policy = { manifest: satManifest, tokenizerJson: satTokenizer }
  const proof = satProofOf(openedOf(unearned), unearned.groups[group], 0, policy)
  const given = treeOf(openedOf(foreign))
  const leaf = treeProofOf({ window, miner: 1, root: commitmentOf(foreign).root, groups }, given)
  const committed = [
    await readCommitmentProof(subnet, window, 0),
    await readCommitmentProof(subnet, window, 1),
  ]
  const words = await Promise.all(['0x01', '0x02'].map((word) => sign(validator.hotKey, word as Hex)))
  return {
    'prove a reward that a SAT answer does not earn': await gasOf(
      unsatisfiedSatCall(contracts, committed[0], proof),
    ),
    'prove a bad leaf': await gasOf(treeCall(subnet, committed[1], leaf)),
    'prove that a validator contradicts itself': await gasOf(equivocationCall(contracts, words[0], words[1])),
  }
}

const satPolicy = {
  manifestHash: hashManifest(satManifest),
  parent: zeroHash,
  recordHash: zeroHash,
  environmentId: keccak256(toHex(satManifest.environment.id)),
  environmentHash: satManifest.environment.parametersHash,
  activationWindow: 0,
  uri: '',
}

function openedOf(bundle: Bundle): OpenBundle {
  return { header: headerOf(bundle), stored: sha256(encodeBundle(bundle)), frames: [] }
}

async function sign(validator: ChainContext, evidence: Hex) {
  const rowDigest = keccak256('0x03')
  const statement = { epoch: 0, validatorUid: 0, rowDigest, evidenceRoot: keccak256(evidence) }
  const typedData = openingStatement(validator.deployment, statement)
  return { statement, signature: await signerOf(validator).signTypedData(typedData) }
}

/** A window's seed is another in every run: only the largest problem costs the same each time. */
async function openWithLargestProblem(subnet: TestSubnet) {
  const { startDelayBlocks: _, ...phases } = testConfig.schedule
  const schedule = { ...phases, startBlock: BigInt(subnet.deployment.startBlock) }
  for (let window = 0; ; window++) {
    await subnet.advanceTo(windowStart(schedule, window) + 1n)
    const { blockHash, openRound } = await openWindow(subnet, window)
    const round = signTestRound(openRound)
    const { chainId, contracts } = subnet.deployment
    const { randomness } = round
    const seed = windowSeed({ chainId, rolloutLog: contracts.rolloutLog, window, blockHash, randomness })
    const group = Array.from({ length: groups }, (_, index) => index).find((index) => {
      const { data } = sat.generate(hexToBytes(childSeed('problem', seed, 0, index)))
      return data.variables === 10 && data.clauses.length === 20
    })
    if (group === undefined) continue
    await submitRound(subnet, round)
    return { window, seed, group }
  }
}
