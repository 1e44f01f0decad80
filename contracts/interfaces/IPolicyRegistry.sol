// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

struct Policy {
    bytes32 parent;
    /// @notice sha256 of the record by which anyone takes the update again: the parent, the groups in order, the
    /// optimiser's state, the position in the schedule. Zero where there is nothing to take again: the first policy,
    /// and one that a vote chose.
    bytes32 recordHash;
    bytes32 environmentId;
    bytes32 environmentHash;
    /// @notice First window that uses this policy, unless it is rejected before.
    uint64 activationWindow;
    /// @notice Block number of the publication.
    uint64 publishedAt;
    /// @notice Where the checkpoint and its record can be fetched; their bytes are bound by the two hashes.
    string uri;
}

/// @notice What validators say of an update.
struct Challenge {
    /// @notice First block that no longer takes objections; no window that uses the policy begins before it.
    uint64 endBlock;
    bool rejected;
    /// @notice Stake of all who objected, whatever they recomputed.
    uint256 objectingStake;
    /// @notice Stake of all validators that counts; 0 before the first objection.
    uint256 activeStake;
}

/// @notice Which checkpoint and environment a window uses.
/// @dev An update is announced by the learner and waits for its challenge to end before a window may use it. In
/// that time every validator may take it again, and object with the hash that it got itself. Where more than a
/// third of the stake objects, the update is rejected for good, with all that was built on it, and what was in force
/// stays.
///
/// A third, because objectors need not agree: kernels differ between machines, and a record that is withheld
/// gives no hash at all, so more could never be gathered against some wrong updates. Whoever has more than a third can
/// stop any epoch already, by not revealing; whoever has less stops nothing. What the objectors agree on is
/// recorded for everyone to see, and decides nothing: the learner publishes another update.
///
/// Nobody is slashed for an objection, not even a lonely one: an honest machine of another kernel class may get
/// another hash, and fear of that would silence the ones that are needed.
interface IPolicyRegistry {
    event PolicyPublished(
        bytes32 indexed manifestHash,
        bytes32 indexed parent,
        bytes32 recordHash,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow,
        string uri
    );
    /// @param stake of this validator, as it counted in the epoch of the publication.
    /// @param agreeingStake of all who got `ownHash`.
    /// @param objectingStake of all who objected.
    /// @param activeStake of all validators.
    event PolicyObjected(
        bytes32 indexed manifestHash,
        uint32 indexed validatorUid,
        address hotKey,
        bytes32 ownHash,
        uint256 stake,
        uint256 agreeingStake,
        uint256 objectingStake,
        uint256 activeStake
    );
    /// @param cause the policy that was objected to: this one, or one that it was built on.
    event PolicyRejected(bytes32 indexed manifestHash, bytes32 indexed cause);

    error ChallengeBlocksOutOfBounds(uint64 value, uint64 min, uint64 max);
    error ManifestHashZero();
    error PolicyExists(bytes32 manifestHash);
    error PolicyUnknown(bytes32 manifestHash);
    error ParentUnknown(bytes32 parent);
    error ParentRejected(bytes32 parent);
    /// @notice An update goes on from the latest policy, or the learner could take the subnet back to an old one.
    error ParentNotLatest(bytes32 parent, bytes32 latest);
    /// @notice Nothing is trained before the start, and no stake counts that could object.
    error StartNotPassed(uint64 startBlock, uint256 currentBlock);
    /// @notice Only a vote may publish what nobody can recompute.
    error RecordHashZero();
    error RecordHashUnexpected(bytes32 recordHash);
    /// @notice An update keeps its parent's environment: another one takes a vote.
    error EnvironmentChanged(bytes32 environmentId, bytes32 environmentHash);
    error ActivationTooEarly(uint64 activationWindow, uint64 earliest);
    error ActivationTooLate(uint64 activationWindow, uint64 latest);
    /// @notice More are announced than validators can be expected to take again.
    error TooManyPending(uint256 maximum);
    error NoActivePolicy(uint64 window);
    error NothingToRecompute(bytes32 manifestHash);
    error ChallengeOver(bytes32 manifestHash, uint256 endBlock, uint256 currentBlock);
    error AlreadyRejected(bytes32 manifestHash);
    error NotActiveValidator(address hotKey);
    error AlreadyObjected(bytes32 manifestHash, uint32 validatorUid);
    /// @notice Zero, or the published hash: that is no objection.
    error OwnHashInvalid(bytes32 ownHash);
    /// @notice The stake came too late to count, or is below the minimum.
    error StakeDoesNotCount(uint32 validatorUid, uint256 stake, uint256 minimum);

    /// @notice Announces a checkpoint. Restricted to the learner.
    /// @param parent zero for the first. For an update, the latest policy that is not rejected, which may be
    /// pending; for what a vote chose, any that is not rejected.
    /// @param recordHash see `Policy`. Zero only for the first, and from an administrator.
    /// @param activationWindow a window that begins when the challenge is over (for what has none: that has not
    /// begun), not before the latest announced one (which is replaced when it is the same), and not farther ahead
    /// than anyone could wait for.
    function publish(
        bytes32 manifestHash,
        bytes32 parent,
        bytes32 recordHash,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow,
        string calldata uri
    ) external;

    /// @notice States that the calling validator took the update again and got another checkpoint. Once per
    /// validator and policy; cannot be taken back.
    /// @param ownHash manifest hash of the checkpoint that the validator got; the parent's where the record is
    /// withheld, or is no update that the rules allow.
    function object(bytes32 manifestHash, bytes32 ownHash) external;

    /// @notice Blocks in which validators may object to an update, its own included.
    function challengeBlocks() external view returns (uint64);

    /// @notice How many updates may wait for the end of their challenge at a time.
    function maxPending() external view returns (uint64);

    /// @notice Manifest hash of the policy that `window` uses. Final once the window has begun.
    function activePolicy(uint64 window) external view returns (bytes32);

    function policy(bytes32 manifestHash) external view returns (Policy memory);

    function challenge(bytes32 manifestHash) external view returns (Challenge memory);

    /// @notice Updates that validators may object to now, in order of publication.
    function pendingPolicies() external view returns (bytes32[] memory);

    /// @notice What a validator got instead; zero where it did not object.
    function objectionOf(bytes32 manifestHash, uint32 validatorUid) external view returns (bytes32 ownHash);

    /// @notice Stake of all who got `ownHash` instead.
    function agreeingStake(bytes32 manifestHash, bytes32 ownHash) external view returns (uint256);
}
