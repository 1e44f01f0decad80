// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRolloutLog, Schedule} from "./interfaces/IRolloutLog.sol";
import {IScoreBook} from "./interfaces/IScoreBook.sol";
import {IStakeRegistry, Role, Seat, Standing} from "./interfaces/IStakeRegistry.sol";
import {WeightRow} from "./libraries/WeightRow.sol";

contract ScoreBook is IScoreBook {
    struct Ballot {
        /// @dev The commitment, and once revealed the row's digest.
        bytes32 hash;
        /// @dev The hot key of the commitment: rotating it later does not strand the reveal.
        address hotKey;
        uint64 epochPlusOne;
        bool revealed;
    }

    uint64 public constant KEPT_EPOCHS = 4;

    IStakeRegistry public immutable registry;
    uint256 private immutable _startBlock;
    uint256 private immutable _epochBlocks;
    /// @dev Commits are taken in this many blocks before an epoch's end, reveals in that many after it.
    uint256 private immutable _commitPhaseBlocks;
    uint256 private immutable _revealBlocks;

    /// @dev Recycled every KEPT_EPOCHS: state does not grow, and a write is never to a fresh slot for long.
    mapping(uint32 validatorUid => Ballot[KEPT_EPOCHS]) private _ballots;

    constructor(IStakeRegistry registry_, IRolloutLog rolloutLog_) {
        registry = registry_;
        Schedule memory s = rolloutLog_.schedule();
        _startBlock = s.startBlock;
        _epochBlocks = uint256(s.epochWindows) * s.windowBlocks;
        _commitPhaseBlocks = s.windowBlocks - s.commitBlocks;
        _revealBlocks = s.revealBlocks;
    }

    function commit(uint64 epoch, bytes32 hash) external {
        require(hash != 0, CommitHashZero());
        uint256 end = _epochEnd(epoch);
        uint256 start = end - _commitPhaseBlocks;
        require(block.number >= start, CommitPhaseNotStarted(epoch, start, block.number));
        require(block.number < end, CommitPhaseOver(epoch, end, block.number));
        Seat memory seat = registry.seatOf(msg.sender);
        require(seat.standing == Standing.Active && seat.role == Role.Validator, NotActiveValidator(msg.sender));
        Ballot storage b = _ballots[seat.uid][epoch % KEPT_EPOCHS];
        require(b.epochPlusOne != epoch + 1, AlreadyCommitted(epoch, seat.uid));

        b.hash = hash;
        (b.hotKey, b.epochPlusOne, b.revealed) = (msg.sender, epoch + 1, false);

        emit ScoresCommitted(epoch, seat.uid, msg.sender, hash);
    }

    function reveal(uint64 epoch, bytes calldata row, bytes32 salt, bytes32 evidenceRoot) external {
        _reveal(registry.uidOf(Role.Validator, msg.sender), epoch, row, salt, evidenceRoot);
    }

    function revealFor(
        uint32 validatorUid,
        uint64 epoch,
        bytes calldata row,
        bytes32 salt,
        bytes32 evidenceRoot
    ) external {
        _reveal(validatorUid, epoch, row, salt, evidenceRoot);
    }

    function commitHash(
        uint64 epoch,
        address hotKey,
        bytes32 salt,
        bytes32 rowDigest,
        bytes32 evidenceRoot
    ) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), epoch, hotKey, salt, rowDigest, evidenceRoot));
    }

    function ballot(
        uint64 epoch,
        uint32 validatorUid
    ) public view returns (bytes32 hash, address hotKey, bool revealed) {
        Ballot storage b = _ballots[validatorUid][epoch % KEPT_EPOCHS];
        if (b.epochPlusOne == epoch + 1) return (b.hash, b.hotKey, b.revealed);
    }

    function rowDigests(uint64 epoch, uint32 count) external view returns (bytes32[] memory digests) {
        digests = new bytes32[](count);
        for (uint32 uid = 0; uid < count; ++uid) {
            (bytes32 hash, , bool revealed) = ballot(epoch, uid);
            if (revealed) digests[uid] = hash;
        }
    }

    function keptUntil(uint64 epoch) external view returns (uint256) {
        return _epochEnd(epoch + KEPT_EPOCHS) - _commitPhaseBlocks;
    }

    function _reveal(
        uint32 validatorUid,
        uint64 epoch,
        bytes calldata row,
        bytes32 salt,
        bytes32 evidenceRoot
    ) private {
        uint256 start = _epochEnd(epoch);
        uint256 end = start + _revealBlocks;
        require(block.number >= start, RevealPhaseNotStarted(epoch, start, block.number));
        require(block.number < end, RevealPhaseOver(epoch, end, block.number));
        Ballot storage b = _ballots[validatorUid][epoch % KEPT_EPOCHS];
        require(b.epochPlusOne == epoch + 1, NothingCommitted(epoch, validatorUid));
        require(!b.revealed, AlreadyRevealed(epoch, validatorUid));
        WeightRow.check(row, 2 * uint256(registry.count(Role.Miner)));
        bytes32 rowDigest = keccak256(row);
        bytes32 opened = commitHash(epoch, b.hotKey, salt, rowDigest, evidenceRoot);
        require(opened == b.hash, RevealMismatch(b.hash, opened));

        b.hash = rowDigest;
        b.revealed = true;

        emit ScoresRevealed(epoch, validatorUid, row, salt, evidenceRoot);
    }

    function _epochEnd(uint64 epoch) private view returns (uint256) {
        return _startBlock + (uint256(epoch) + 1) * _epochBlocks;
    }
}
