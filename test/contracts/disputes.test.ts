import { readFileSync } from 'node:fs'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import {
  type Address,
  bytesToHex,
  concat,
  type Hex,
  hexToBytes,
  keccak256,
  sha256,
  stringToHex,
  toHex,
  zeroHash,
} from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { isFalseOpening } from '../../cli/dispute/false-opening.ts'
import { canonicalJson, hashManifest, type Manifest } from '../../model/checkpoint/manifest.ts'
import { tokenTableOf } from '../../model/tokenizer/token-table.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { disputesAbi, stakeRegistryAbi } from '../../shared/chain/abi.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import { commitScores } from '../../shared/chain/commit-scores.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { nonRevealCall, type SatProof, unsatisfiedSatCall } from '../../shared/chain/dispute-calls.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { openingStatement } from '../../shared/chain/opening-statement.ts'
import { publishPolicy } from '../../shared/chain/publish-policy.ts'
import { type CommitmentProof, readCommitmentProof } from '../../shared/chain/read-commitment-proof.ts'
import { readEntity } from '../../shared/chain/read-entity.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { encodeWeights, rowDigest } from '../../shared/chain/score-row.ts'
import { sendTransaction, signerOf } from '../../shared/chain/send-transaction.ts'
import { submitRound } from '../../shared/chain/submit-round.ts'
import { PPM } from '../../shared/environments/environment.ts'
import { sat, writeAssignment } from '../../shared/environments/sat.ts'
import { encodeBundle, headerOf } from '../../shared/protocol/bundle.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Bundle } from '../../shared/protocol/rollout.ts'
import { epochEnd, revealEnd, scoreCommitStart, windowStart } from '../../shared/protocol/schedule.ts'
import { childSeed, windowSeed } from '../../shared/protocol/seed.ts'
import { satProofOf } from '../../validator/sat-proof.ts'
import { createSubnet, oneToken, signTestRound, type TestSubnet, testConfig } from './subnet.ts'

const startDelayBlocks = 120
const config = { ...testConfig, schedule: { ...testConfig.schedule, startDelayBlocks } }
const { groupSize, faultSlashPpm, nonRevealSlashPpm } = config.rules
const bond = 100n * oneToken
const groups = 3
const refusal = (error: string) => ({ details: { error } })

const models = new URL('../../models/default/', import.meta.url)
const tokenizerJson = readFileSync(new URL('tokenizer.json', models), 'utf8')
const tokenizer = loadTokenizer(tokenizerJson)
const plain = JSON.parse(readFileSync(new URL('manifest.json', models), 'utf8')) as Manifest
const manifest: Manifest = {
  ...plain,
  tokenTable: tokenTableOf(tokenizerJson)?.root as Hex,
  environment: { id: sat.id, parametersHash: sat.parametersHash },
}
const policy = { manifest, tokenizerJson }

let subnet: TestSubnet
let miner: Awaited<ReturnType<TestSubnet['register']>>
let validator: Awaited<ReturnType<TestSubnet['register']>>
let anyone: ChainContext
let schedule: Parameters<typeof windowStart>[0]
beforeEach(async () => {
  subnet = await createSubnet(config)
  const { startDelayBlocks: _, ...phases } = config.schedule
  schedule = { ...phases, startBlock: BigInt(subnet.deployment.startBlock) }
  miner = await subnet.register('miner', 'a', bond)
  await subnet.register('miner', 'other', bond)
  validator = await subnet.register('validator', 'v', bond)
  anyone = subnet.as(await subnet.createAccount('anyone'))
})

function proofOf(bundle: Bundle, group: number, rollout: number, named = policy): SatProof {
  const opened = { header: headerOf(bundle), stored: sha256(encodeBundle(bundle)) }
  return satProofOf(opened, bundle.groups[group], rollout, named)
}

async function publish(named: Manifest) {
  await publishPolicy(subnet, {
    manifestHash: hashManifest(named),
    parent: zeroHash,
    recordHash: zeroHash,
    environmentId: keccak256(toHex(named.environment.id)),
    environmentHash: named.environment.parametersHash,
    activationWindow: 0,
    uri: '',
  })
}

/** Opens a window and puts its beacon round on chain. */
async function open(window: number): Promise<Hex> {
  await subnet.advanceTo(windowStart(schedule, window) + 1n)
  const { blockHash, openRound } = await openWindow(subnet, window)
  const round = signTestRound(openRound)
  await submitRound(subnet, round)
  const { chainId, contracts } = subnet.deployment
  const { randomness } = round
  return windowSeed({ chainId, rolloutLog: contracts.rolloutLog, window, blockHash, randomness })
}

/** Rollout r of a group answers as `write` says, and claims everything. */
function answer(seed: Hex, window: number, write: (right: string, r: number) => string): Bundle {
  const { chainId, contracts } = subnet.deployment
  return {
    chainId,
    subnet: contracts.rolloutLog,
    window,
    miner: 0,
    policy: hashManifest(manifest),
    groups: Array.from({ length: groups }, (_, index) => {
      const { data } = sat.generate(hexToBytes(childSeed('problem', seed, 0, index)))
      return {
        index,
        promptHash: zeroHash,
        rollouts: Array.from({ length: groupSize }, (_, r) => {
          const text = write(writeAssignment(data.variables, data.witness), r)
          const tokens = [...tokenizer.encode(text), tokenizer.endToken]
          return {
            tokens,
            finish: 'end' as const,
            reward: PPM,
            sketches: new Int8Array(4 * tokens.length),
            logProbabilities: new Float32Array(tokens.length),
          }
        }),
      }
    }),
  }
}

async function commit(bundle: Bundle, chain = miner.hotKey, root = commitmentOf(bundle).root) {
  await commitRoot(chain, { window: bundle.window, root, groups: bundle.groups.length })
}

/** A bundle whose bytes nobody asks for here. */
const stored = sha256('0x')
const storedLeaf = keccak256(keccak256(stored))
const sealed = (groupsRoot: string) =>
  keccak256(concat(([groupsRoot, storedLeaf] as Hex[]).sort((a, b) => (a < b ? -1 : 1))))

type Prove =
  | 'proveBadLeaf'
  | 'proveDuplicateGroup'
  | 'proveMissingGroup'
  | 'proveEquivocation'
  | 'proveFalseOpening'

function prove(functionName: Prove, ...args: readonly unknown[]) {
  return sendTransaction(anyone, {
    address: subnet.deployment.contracts.disputes,
    abi: disputesAbi,
    functionName,
    args: args as never,
  })
}

function proveUnsatisfiedSat(by: ChainContext, committed: CommitmentProof, sat: SatProof) {
  return sendTransaction(by, unsatisfiedSatCall(subnet.deployment.contracts, committed, sat))
}

function proveNonReveal(by: ChainContext, epoch: number, validatorUid: number) {
  return sendTransaction(by, nonRevealCall(subnet.deployment.contracts, epoch, validatorUid))
}

function requestUnstake({ owner }: { owner: ChainContext }, role: number) {
  const { stakeRegistry } = subnet.deployment.contracts
  const call = { address: stakeRegistry, abi: stakeRegistryAbi, functionName: 'requestUnstake' } as const
  return sendTransaction(owner, { ...call, args: [role, 0] })
}

const stakeOf = async (role: 'miner' | 'validator', uid = 0) => (await readEntity(subnet, role, uid)).stake
const afterSlash = (ppm: number) => bond - (bond * BigInt(ppm)) / 1_000_000n

describe('a reward that a SAT answer does not earn', () => {
  let bundle: Bundle
  let committed: CommitmentProof
  let proof: SatProof
  beforeEach(async () => {
    await publish(manifest)
    const seed = await open(0)
    bundle = answer(seed, 0, (right, r) => (r === 1 ? `${right}!` : right))
    await commit(bundle)
    committed = await readCommitmentProof(subnet, 0, 0)
    proof = proofOf(bundle, 2, 1)
  })

  it('costs the miner its share of the stake, once for a window', async () => {
    const { logs } = await proveUnsatisfiedSat(anyone, committed, proof)
    expect(logs.length).toBeGreaterThan(1)
    expect(await stakeOf('miner')).toBe(afterSlash(faultSlashPpm))
    const again = proofOf(bundle, 0, 1)
    for (const more of [proof, again]) {
      await expect(proveUnsatisfiedSat(anyone, committed, more)).rejects.toMatchObject(
        refusal('AlreadyPunished'),
      )
    }
  })

  it('is no fault where it is earned', async () => {
    const honest = proofOf(bundle, 2, 0)
    await expect(proveUnsatisfiedSat(anyone, committed, honest)).rejects.toMatchObject(
      refusal('RewardEarned'),
    )
  })

  it('can be proven under later commitments, and after the miner left', async () => {
    await commit(answer(await open(1), 1, (right) => right))
    await requestUnstake(miner, 0)
    await expect(proveUnsatisfiedSat(anyone, committed, proof)).rejects.toMatchObject(refusal('NotCommitted'))
    const later = await readCommitmentProof(subnet, 0, 0)
    expect(later.commitments).toHaveLength(2)
    await proveUnsatisfiedSat(anyone, later, proof)
    expect(await stakeOf('miner')).toBe(afterSlash(faultSlashPpm))
    const second = await readCommitmentProof(subnet, 1, 0)
    const other = proofOf({ ...bundle, window: 1 }, 2, 1)
    await expect(proveUnsatisfiedSat(anyone, second, other)).rejects.toMatchObject(
      refusal('LeafNotCommitted'),
    )
  })

  it('can no longer be proven once its epoch is past dispute, while the stake is still bonded until then', async () => {
    await requestUnstake(miner, 0)
    const { exitAt } = await readEntity(subnet, 'miner', 0)
    const { disputes } = subnet.deployment.contracts
    const call = { address: disputes, abi: disputesAbi, functionName: 'disputableUntil' } as const
    const until = await subnet.publicClient.readContract({ ...call, args: [0n] })
    expect(exitAt).toBeGreaterThanOrEqual(until)
    await subnet.advanceTo(until)
    await expect(proveUnsatisfiedSat(anyone, committed, proof)).rejects.toMatchObject(
      refusal('DisputeWindowOver'),
    )
  })

  it('is proven against nobody else, by no other group and with no other words', async () => {
    const [word] = proof.texts
    const cases: [Partial<CommitmentProof>, Partial<SatProof>, string][] = [
      [{ hotKey: signerOf(validator.hotKey).account.address }, {}, 'NotCommitted'],
      [{ commitments: [] }, {}, 'NoCommitmentGiven'],
      [{ chainBefore: keccak256('0x01') }, {}, 'NotCommitted'],
      [{}, { group: 1 }, 'LeafNotCommitted'],
      [{}, { proof: proof.proof.slice(1) }, 'LeafNotCommitted'],
      [{}, { groupBytes: `${proof.groupBytes}00` }, 'LeafNotCommitted'],
      [{}, { rollout: groupSize }, 'GroupMalformed'],
      [{}, { manifest: stringToHex(canonicalJson(plain)) }, 'ManifestMismatch'],
      [{}, { tokenTableAt: 0n }, 'TokenTableMissing'],
      [{}, { tokenTableAt: 2n ** 255n }, 'TokenTableMissing'],
      [{}, { texts: proof.texts.slice(1) }, 'TokenTextMissing'],
      [{}, { texts: [{ ...word, text: '0x21' }, ...proof.texts.slice(1)] }, 'TokenTextUnproven'],
    ]
    for (const [chainChange, satChange, error] of cases) {
      const attempt = proveUnsatisfiedSat(
        anyone,
        { ...committed, ...chainChange },
        { ...proof, ...satChange },
      )
      await expect(attempt, error).rejects.toMatchObject(refusal(error))
    }
    expect(await stakeOf('miner')).toBe(bond)
  })

  it('refuses committed bytes that are no canonical group, however long they say they are', async () => {
    const seed = await open(1)
    const honest = answer(seed, 1, (right) => `${right}!`)
    const bytes = hexToBytes(proofOf(honest, 0, 0).groupBytes)
    const forged = [
      [...bytes, 0],
      [...bytes.slice(0, -1)],
      [...bytes].map((byte, i) => (i === 59 ? 0x9b : byte)),
    ].map((list) => bytesToHex(Uint8Array.from(list)))
    const leaves = forged.map(
      (hex, index) => ['1', 0, index, keccak256(hex)] as [string, number, number, Hex],
    )
    const tree = StandardMerkleTree.of(leaves, ['uint64', 'uint32', 'uint32', 'bytes32'])
    await commit(honest, miner.hotKey, sealed(tree.root))
    const chain = await readCommitmentProof(subnet, 1, 0)
    for (const [group, groupBytes] of forged.entries()) {
      const path = [...tree.getProof(group), storedLeaf] as Hex[]
      const attempt = proveUnsatisfiedSat(anyone, chain, {
        ...proof,
        group,
        rollout: 0,
        groupBytes,
        proof: path,
      })
      await expect(attempt).rejects.toMatchObject(refusal('GroupMalformed'))
    }
  })
})

it('is SAT alone that a contract judges', async () => {
  const words: Manifest = { ...manifest, environment: plain.environment }
  await publish(words)
  const bundle = answer(await open(0), 0, (right) => `${right}!`)
  await commit(bundle)
  const proof = proofOf(bundle, 0, 0, { manifest: words, tokenizerJson })
  const attempt = proveUnsatisfiedSat(anyone, await readCommitmentProof(subnet, 0, 0), proof)
  await expect(attempt).rejects.toMatchObject(refusal('NotSatPolicy'))
})

describe('a tree that no honest miner builds', () => {
  type Row = [string, number, number, Hex]
  const hash = (name: string) => keccak256(toHex(name))
  const honest: Row[] = [0, 1, 2].map((index) => ['0', 0, index, hash(`${index}`)])

  async function commitTree(rows: Row[]) {
    const seed = await open(0)
    const tree = StandardMerkleTree.of(rows, ['uint64', 'uint32', 'uint32', 'bytes32'], { sortLeaves: true })
    await commit(
      answer(seed, 0, (right) => right),
      miner.hotKey,
      sealed(tree.root),
    )
    const pathOf = (leaf: Row | number) => [...tree.getProof(leaf as number), storedLeaf]
    return { tree, pathOf, chain: await readCommitmentProof(subnet, 0, 0) }
  }
  const leafOf = ([window, minerUid, index, groupHash]: Row) => ({
    window: BigInt(window),
    minerUid,
    index,
    groupHash,
  })
  const slashed = async () => expect(await stakeOf('miner')).toBe(afterSlash(faultSlashPpm))

  it.each([
    ['beyond the last group', ['0', 0, 3, hash('x')]],
    ['of another window', ['1', 0, 1, hash('x')]],
    ['of another miner', ['0', 1, 1, hash('x')]],
  ] as [string, Row][])('has a leaf %s', async (_, bad) => {
    const { chain, pathOf } = await commitTree([honest[0], bad, honest[2]])
    await expect(prove('proveBadLeaf', chain, leafOf(honest[0]), pathOf(honest[0]))).rejects.toMatchObject(
      refusal('NoFault'),
    )
    await prove('proveBadLeaf', chain, leafOf(bad), pathOf(bad))
    await slashed()
    await expect(prove('proveBadLeaf', chain, leafOf(bad), pathOf(bad))).rejects.toMatchObject(
      refusal('AlreadyPunished'),
    )
  })

  it('has two leaves of one group', async () => {
    const twin: Row = ['0', 0, 0, hash('twin')]
    const { chain, pathOf } = await commitTree([honest[0], twin, honest[2]])
    const hashes = [honest[0][3], twin[3]]
    await prove('proveDuplicateGroup', chain, 0, hashes, pathOf(honest[0]), pathOf(twin))
    await slashed()
  })

  it('has the same leaf at two places', async () => {
    const { tree, chain, pathOf } = await commitTree([honest[0], honest[0], honest[1]])
    const [first, second] = [...tree.entries()].filter(([, [, , index]]) => index === 0)
    const hashes = [honest[0][3], honest[0][3]]
    await prove('proveDuplicateGroup', chain, 0, hashes, pathOf(first[0]), pathOf(second[0]))
    await slashed()
  })

  it('has fewer leaves than groups', async () => {
    const { tree, chain } = await commitTree(honest.slice(0, 2))
    const rows = [...tree.entries()].map(([, row]) => row)
    const sorted = rows.toSorted((a, b) => (tree.leafHash(a) < tree.leafHash(b) ? -1 : 1))
    await prove(
      'proveMissingGroup',
      chain,
      sorted.map(([, , index]) => index),
      sorted.map(([, , , groupHash]) => groupHash),
      stored,
    )
    await slashed()
  })

  it('is not an honest one, whatever is made of its nodes', async () => {
    const { tree, chain, pathOf } = await commitTree(honest)
    const [row] = honest
    const path = pathOf(row)
    const twice = [row[3], row[3]]
    await expect(prove('proveDuplicateGroup', chain, 0, twice, path, path)).rejects.toMatchObject(
      refusal('NoFault'),
    )
    const { tree: nodes } = tree.dump()
    const inner = { window: 0n, minerUid: 0, index: 9, groupHash: nodes[1] as Hex }
    await expect(prove('proveBadLeaf', chain, inner, [nodes[2], storedLeaf])).rejects.toMatchObject(
      refusal('LeafNotCommitted'),
    )
    const two = [nodes[1], nodes[2]]
    await expect(prove('proveMissingGroup', chain, [0, 1], two, stored)).rejects.toMatchObject(
      refusal('LeavesNotCommitted'),
    )
    const all = honest.map(([, , , groupHash]) => groupHash)
    await expect(prove('proveMissingGroup', chain, [0, 1, 2], all, stored)).rejects.toMatchObject(
      refusal('NoFault'),
    )
  })
})

describe('a key that miner 0 does not answer for', () => {
  const bad = { window: 0n, minerUid: 0, index: 9, groupHash: zeroHash }
  const leafTypes = ['uint64', 'uint32', 'uint32', 'bytes32']
  let root: Hex
  beforeEach(async () => {
    await open(0)
    const row = [String(bad.window), bad.minerUid, bad.index, bad.groupHash]
    root = StandardMerkleTree.of([row], leafTypes).root as Hex
  })
  const account = (chain: ChainContext) => signerOf(chain).account.address
  const accuse = (chain: ChainContext, block: bigint, count = groups) =>
    prove(
      'proveBadLeaf',
      {
        hotKey: account(chain),
        chainBefore: zeroHash,
        commitments: [{ window: 0n, root, groups: count, blockNumber: block }],
      },
      bad,
      [],
    )
  async function logRoot(chain: ChainContext, count = groups) {
    await commitRoot(chain, { window: 0, root, groups: count })
    return subnet.block()
  }
  async function rotateTo(chain: ChainContext) {
    const { stakeRegistry } = subnet.deployment.contracts
    const call = { address: stakeRegistry, abi: stakeRegistryAbi, functionName: 'rotateHotKey' } as const
    await sendTransaction(miner.owner, { ...call, args: [0, 0, account(chain)] })
  }
  const refused = async (attempt: Promise<unknown>, error = 'CommitmentNotCounted') => {
    await expect(attempt).rejects.toMatchObject(refusal(error))
    expect(await stakeOf('miner')).toBe(bond)
  }

  it('is one that was stolen and rotated away before it committed', async () => {
    await rotateTo(subnet.as(await subnet.createAccount('fresh')))
    const block = await logRoot(miner.hotKey)
    await refused(accuse(miner.hotKey, block))
    await refused(accuse(miner.hotKey, block - 1n), 'NotCommitted')
  })

  it('is one that committed before it was the miner’s', async () => {
    const fresh = subnet.as(await subnet.createAccount('fresh'))
    const block = await logRoot(fresh)
    await rotateTo(fresh)
    await refused(accuse(fresh, block))
  })

  it('is one that became the miner’s in the window, and committed after', async () => {
    const fresh = subnet.as(await subnet.createAccount('fresh'))
    await rotateTo(fresh)
    await refused(accuse(fresh, await logRoot(fresh)))
  })

  it('is a stranger’s, and a validator’s of the same uid', async () => {
    await refused(accuse(anyone, await logRoot(anyone)))
    await refused(accuse(validator.hotKey, await logRoot(validator.hotKey)))
  })

  it('is one whose miner had left', async () => {
    await requestUnstake(miner, 0)
    await refused(accuse(miner.hotKey, await logRoot(miner.hotKey)))
  })

  it('is one that answers no groups, or more than the rules allow', async () => {
    await refused(accuse(miner.hotKey, await logRoot(miner.hotKey, 101), 101))
  })

  it('is not one that it rotated away, or left with, after it committed', async () => {
    const block = await logRoot(miner.hotKey)
    await rotateTo(subnet.as(await subnet.createAccount('fresh')))
    await requestUnstake(miner, 0)
    await accuse(miner.hotKey, block)
    expect(await stakeOf('miner')).toBe(afterSlash(faultSlashPpm))
  })
})

describe('scores that stay closed', () => {
  const row = { epoch: 0, weights: [1, 2], salt: keccak256('0x01'), evidenceRoot: keccak256('0x02') }
  beforeEach(async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator.hotKey, row)
  })

  it('cost a small share, once, even when the validator leaves first', async () => {
    await requestUnstake(validator, 1)
    await subnet.advanceTo(revealEnd(schedule, 0) - 1n)
    await expect(proveNonReveal(anyone, 0, 0)).rejects.toMatchObject(refusal('RevealPhaseRunning'))
    await subnet.advanceTo(revealEnd(schedule, 0))
    await proveNonReveal(anyone, 0, 0)
    expect(await stakeOf('validator')).toBe(afterSlash(nonRevealSlashPpm))
    await expect(proveNonReveal(anyone, 0, 0)).rejects.toMatchObject(refusal('AlreadyPunished'))
  })

  it('are not those that were revealed, nor those that nobody committed', async () => {
    await subnet.advanceTo(epochEnd(schedule, 0))
    await revealScores(validator.hotKey, row)
    await subnet.advanceTo(revealEnd(schedule, 1))
    for (const [epoch, uid] of [
      [0, 0],
      [1, 0],
      [0, 1],
    ]) {
      await expect(proveNonReveal(anyone, epoch, uid)).rejects.toMatchObject(refusal('NoCommitmentOpen'))
    }
  })

  it('are forgotten when their ballot may be replaced', async () => {
    await subnet.advanceTo(scoreCommitStart(schedule, 4))
    await expect(proveNonReveal(anyone, 0, 0)).rejects.toMatchObject(refusal('DisputeWindowOver'))
  })
})

describe('two words of one validator', () => {
  const weights = [1, 2]
  const said = {
    epoch: 0n,
    validatorUid: 0,
    rowDigest: rowDigest(encodeWeights(weights)),
    evidenceRoot: keccak256('0x02'),
  }
  const sign = (chain: ChainContext, { epoch, ...rest }: typeof said, disputes?: Address) => {
    const { chainId, contracts } = subnet.deployment
    const deployment = { chainId, contracts: { ...contracts, disputes: disputes ?? contracts.disputes } }
    return signerOf(chain).signTypedData(openingStatement(deployment, { ...rest, epoch: Number(epoch) }))
  }

  it('cost it its share, even when it has rotated its hot key in between', async () => {
    const other = { ...said, evidenceRoot: keccak256('0x03') }
    const first = await sign(validator.hotKey, said)
    const fresh = subnet.as(await subnet.createAccount('fresh'))
    const { stakeRegistry } = subnet.deployment.contracts
    await sendTransaction(validator.owner, {
      address: stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'rotateHotKey',
      args: [1, 0, signerOf(fresh).account.address],
    })
    const second = await sign(fresh, other)
    await prove('proveEquivocation', said, first, other, second)
    expect(await stakeOf('validator')).toBe(afterSlash(faultSlashPpm))
    await expect(prove('proveEquivocation', said, first, other, second)).rejects.toMatchObject(
      refusal('AlreadyPunished'),
    )
  })

  it('must be its own, of one epoch and of this subnet, and must differ', async () => {
    const other = { ...said, evidenceRoot: keccak256('0x03') }
    const first = await sign(validator.hotKey, said)
    const attempts: [typeof said, Hex, string][] = [
      [said, first, 'StatementsAgree'],
      [{ ...other, epoch: 1n }, first, 'StatementsAgree'],
      [other, first, 'NotSignedByValidator'],
      [other, await sign(miner.hotKey, other), 'NotSignedByValidator'],
      [other, await sign(anyone, other), 'NotSignedByValidator'],
      [
        other,
        await sign(validator.hotKey, other, subnet.deployment.contracts.scoreBook),
        'NotSignedByValidator',
      ],
      [other, '0x', 'ECDSAInvalidSignatureLength'],
    ]
    for (const [statement, signature, error] of attempts) {
      const attempt = prove('proveEquivocation', said, first, statement, signature)
      await expect(attempt, error).rejects.toMatchObject(refusal(error))
    }
  })

  it('are also an opening of another row than it revealed', async () => {
    const row = { epoch: 0, weights, salt: keccak256('0x01'), evidenceRoot: said.evidenceRoot }
    const other = { ...said, rowDigest: keccak256('0x04') }
    const signature = await sign(validator.hotKey, other)
    await expect(prove('proveFalseOpening', other, signature)).rejects.toMatchObject(refusal('NotRevealed'))
    await subnet.advanceTo(scoreCommitStart(schedule, 0))
    await commitScores(validator.hotKey, row)
    await subnet.advanceTo(epochEnd(schedule, 0))
    await revealScores(validator.hotKey, row)
    const honest = prove('proveFalseOpening', said, await sign(validator.hotKey, said))
    await expect(honest).rejects.toMatchObject(refusal('StatementsAgree'))
    const shown = (statement: typeof said, signed: Hex) => {
      const { validatorUid, rowDigest: digest, evidenceRoot } = statement
      const opening = { epoch: 0, validator: validatorUid, evidenceRoot, points: [] }
      return isFalseOpening(
        anyone,
        { ...opening, statement: { rowDigest: digest, signature: signed } },
        said.rowDigest,
      )
    }
    expect(await shown(said, await sign(validator.hotKey, said))).toBe(false)
    expect(await shown(other, await sign(anyone, other))).toBe(false)
    expect(await shown(other, signature)).toBe(true)
    await prove('proveFalseOpening', other, signature)
    expect(await stakeOf('validator')).toBe(afterSlash(faultSlashPpm))
  })
})

it('cannot be deployed where a stake may leave before its faults are past dispute', async () => {
  await expect(createSubnet({ ...config, unbondingBlocks: 399 })).rejects.toMatchObject(
    refusal('UnbondingTooShort'),
  )
})
