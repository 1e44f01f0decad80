// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Role} from "./IStakeRegistry.sol";

enum Fault {
    FalseReward,
    BadLeaf,
    MissingGroup,
    NonReveal,
    Equivocation
}

/// @notice One commitment of a hot key, as `RolloutLog.RootCommitted` and its block tell it.
struct Commitment {
    uint64 window;
    bytes32 root;
    uint32 groups;
    uint256 blockNumber;
}

/// @notice Shows that a hot key committed `commitments[0]`: the log keeps a rolling digest only.
struct CommitmentProof {
    address hotKey;
    /// @notice `RolloutLog.commitmentChain` of the key right before that commitment.
    bytes32 chainBefore;
    /// @notice The disputed commitment and every later one of the key, in order.
    Commitment[] commitments;
}

/// @notice What a Merkle leaf of a commitment binds.
struct Leaf {
    uint64 window;
    uint32 minerUid;
    uint32 index;
    bytes32 groupHash;
}

/// @notice One token of the policy's vocabulary and its bytes, as its manifest's token table has them.
struct TokenText {
    uint32 token;
    bytes text;
    bytes32[] proof;
}

/// @notice A rollout in a committed group, and what its tokens say.
struct SatProof {
    uint32 group;
    uint32 rollout;
    /// @notice Canonical CBOR of the group.
    bytes groupBytes;
    bytes32[] proof;
    /// @notice The policy's manifest, as its hash binds it, and where `"tokenTable":` stands in it.
    bytes manifest;
    uint256 tokenTableAt;
    /// @notice Every token that is needed, once each.
    TokenText[] texts;
}

/// @notice A validator's signed word on what it revealed for an epoch (EIP-712, under a hot key of it).
struct EvidenceOpening {
    uint64 epoch;
    uint32 validatorUid;
    bytes32 rowDigest;
    bytes32 evidenceRoot;
}

/// @notice Faults that anyone can prove on chain. A fault of an epoch can be proven until that epoch's ballots may
/// be replaced, which unbonding outlasts; each is punished once, by a share of the stake that the rules of its
/// epoch name. What is taken is burned or goes to the treasury, never to the caller.
/// @dev Every proof is decided in the transaction that brings it, so a challenger posts no bond: a wrong proof
/// reverts, costs its sender the gas and the accused nothing.
interface IDisputes {
    event FaultProven(
        Fault indexed fault,
        Role indexed role,
        uint32 indexed uid,
        uint64 period,
        uint256 slashed,
        address prover
    );

    error UnbondingTooShort(uint256 unbondingBlocks, uint256 neededBlocks);
    error DisputeWindowOver(uint64 epoch, uint256 endBlock, uint256 currentBlock);
    error AlreadyPunished(Role role, uint32 uid, uint64 period);
    error NothingToSlash(Role role, uint32 uid);
    error NotCommitted(address hotKey, bytes32 digest, bytes32 expected);
    error NoCommitmentGiven(address hotKey);
    /// @notice It was committed, but binds no miner: see `IRolloutLog`.
    error CommitmentNotCounted(address hotKey, uint64 window);
    error LeafNotCommitted(bytes32 leaf, bytes32 root);
    error LeavesNotCommitted(bytes32 computed, bytes32 root);
    /// @notice What was shown is as an honest miner commits it, or shows nothing.
    error NoFault(uint32 minerUid, uint64 window);
    error GroupIndexMismatch(uint32 leafIndex, uint256 groupIndex);
    error NotSatPolicy(bytes32 environmentId, bytes32 environmentHash);
    error ManifestMismatch(bytes32 given, bytes32 active);
    error TokenTableMissing(uint256 position);
    error TokenTextUnproven(uint32 token);
    error TokenTextMissing(uint256 token);
    error RewardEarned(uint256 claimed, uint256 earned);
    error RevealPhaseRunning(uint64 epoch, uint256 endBlock, uint256 currentBlock);
    error NoCommitmentOpen(uint64 epoch, uint32 validatorUid);
    error NotSignedByValidator(address signer, uint32 validatorUid);
    /// @notice The two say the same, or are not of one validator and epoch; `epoch` and uid of the first.
    error StatementsAgree(uint64 epoch, uint32 validatorUid);
    error NotRevealed(uint64 epoch, uint32 validatorUid);

    /// @notice A rollout claims a reward that its SAT assignment does not earn. The problem is derived from the
    /// window seed, whose beacon round must be on chain.
    function proveUnsatisfiedSat(CommitmentProof calldata committed, SatProof calldata sat) external;

    /// @notice A leaf that no honest tree has: of another window or miner, or of no group of this commitment.
    function proveBadLeaf(
        CommitmentProof calldata committed,
        Leaf calldata leaf,
        bytes32[] calldata proof
    ) external;

    /// @notice Two leaves of one group: different ones, or the same at two places of the tree.
    function proveDuplicateGroup(
        CommitmentProof calldata committed,
        uint32 group,
        bytes32[2] calldata groupHashes,
        bytes32[] calldata firstProof,
        bytes32[] calldata secondProof
    ) external;

    /// @notice The whole tree has fewer leaves than the commitment has groups.
    /// @param indices group index of each leaf, in the order of the tree
    /// @param groupHashes of the same leaves
    /// @param bundleHash sha256 of the stored bundle, which stands beside them
    function proveMissingGroup(
        CommitmentProof calldata committed,
        uint32[] calldata indices,
        bytes32[] calldata groupHashes,
        bytes32 bundleHash
    ) external;

    /// @notice A validator committed scores for `epoch` and did not reveal them. One that did not commit loses its
    /// share of the epoch and nothing else: it may have joined, left or been cut off, and no row was withheld.
    function proveNonReveal(uint64 epoch, uint32 validatorUid) external;

    /// @notice Two signed openings of one epoch that contradict each other.
    function proveEquivocation(
        EvidenceOpening calldata first,
        bytes calldata firstSignature,
        EvidenceOpening calldata second,
        bytes calldata secondSignature
    ) external;

    /// @notice A signed opening of another row than the validator revealed on chain.
    function proveFalseOpening(EvidenceOpening calldata opening, bytes calldata signature) external;

    /// @notice First block at which faults of `epoch` can no longer be proven.
    function disputableUntil(uint64 epoch) external view returns (uint256 blockNumber);

    /// @notice Whether a fault of that miner's window, or of that validator's epoch, was punished.
    function isPunished(Role role, uint32 uid, uint64 period) external view returns (bool);
}
