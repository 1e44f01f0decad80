// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A validator's score row, first as a commitment, then in the open, so that it cannot be copied.
/// @dev A row's digest is keccak256 over the packed keccak256 of its slices of 512 bytes, so that one slice can be
/// shown without the others. A row is packed big-endian uint16 weights, index = miner uid, each <= 32767, sum <= 32767,
/// and none of a miner that registered after the row was committed.
interface IScoreBook {
    event ScoresCommitted(uint64 indexed epoch, uint32 indexed validatorUid, address hotKey, bytes32 hash);
    event ScoresRevealed(
        uint64 indexed epoch,
        uint32 indexed validatorUid,
        bytes row,
        bytes32 salt,
        bytes32 evidenceRoot
    );

    error NotActiveValidator(address hotKey);
    error CommitPhaseNotStarted(uint64 epoch, uint256 startBlock, uint256 currentBlock);
    error CommitPhaseOver(uint64 epoch, uint256 endBlock, uint256 currentBlock);
    error CommitHashZero();
    error AlreadyCommitted(uint64 epoch, uint32 validatorUid);
    error NothingCommitted(uint64 epoch, uint32 validatorUid);
    error RevealPhaseNotStarted(uint64 epoch, uint256 startBlock, uint256 currentBlock);
    error RevealPhaseOver(uint64 epoch, uint256 endBlock, uint256 currentBlock);
    error AlreadyRevealed(uint64 epoch, uint32 validatorUid);
    error RevealMismatch(bytes24 committed, bytes24 revealed);
    error RowOddLength(uint256 length);
    error RowTooLong(uint256 length, uint256 maximum);
    /// @notice Of one of the 16 miners from `firstUid` on.
    error WeightTooLarge(uint256 firstUid, uint256 maximum);
    error RowSumTooLarge(uint256 sum, uint256 maximum);

    /// @notice Commits the calling validator to a row for `epoch`, between the commit deadline of the epoch's
    /// last window and the end of the epoch.
    /// @param hash see `commitHash`.
    function commit(uint64 epoch, bytes32 hash) external;

    /// @notice Opens the caller's commitment, within `revealBlocks` after the end of the epoch.
    function reveal(uint64 epoch, bytes calldata row, bytes32 salt, bytes32 evidenceRoot) external;

    /// @notice Opens any validator's commitment: a validator that goes dark can be revealed by whom it trusts.
    function revealFor(
        uint32 validatorUid,
        uint64 epoch,
        bytes calldata row,
        bytes32 salt,
        bytes32 evidenceRoot
    ) external;

    /// @notice keccak256(abi.encode(chain id, this contract, epoch, uid, salt, row digest, evidence root)).
    function commitHash(
        uint64 epoch,
        uint32 validatorUid,
        bytes32 salt,
        bytes32 rowDigest,
        bytes32 evidenceRoot
    ) external view returns (bytes32);

    /// @notice What the validator committed for `epoch`; all zero when nothing, or when it is no longer kept.
    /// @return hash first 24 bytes of the commitment, or once revealed of the row digest.
    function ballot(uint64 epoch, uint32 validatorUid) external view returns (bytes24 hash, bool revealed);

    /// @notice First 24 bytes of each revealed row's digest for `count` uids from `first` on; zero where none was revealed.
    function rowDigests(uint64 epoch, uint32 first, uint32 count) external view returns (bytes24[] memory);

    /// @notice Epochs after which a validator's ballots are reused.
    function KEPT_EPOCHS() external view returns (uint64);

    /// @notice First block at which a later epoch's ballots may replace those of `epoch`.
    function keptUntil(uint64 epoch) external view returns (uint256 blockNumber);
}
