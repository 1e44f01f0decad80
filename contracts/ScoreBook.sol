// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRolloutLog, Schedule} from "./interfaces/IRolloutLog.sol";
import {IScoreBook} from "./interfaces/IScoreBook.sol";
import {IStakeRegistry, Role, Seat, Standing} from "./interfaces/IStakeRegistry.sol";
import {WeightRow} from "./libraries/WeightRow.sol";

contract ScoreBook is IScoreBook {
    struct Commitment {
        bytes32 hash;
        /// @dev The hot key of the commitment: rotating it later does not strand the reveal.
        address hotKey;
        uint64 epochPlusOne;
        bool revealed;
    }

    IStakeRegistry public immutable registry;
    IRolloutLog public immutable rolloutLog;
    uint64 private immutable _epochWindows;
    uint64 private immutable _revealBlocks;

    /// @dev One recycled pair of slots per validator; the schedule keeps its epochs apart.
    mapping(uint32 validatorUid => Commitment) private _commitments;
    mapping(uint64 epoch => mapping(uint32 validatorUid => bytes32)) private _rowDigests;
    mapping(uint64 epoch => uint32) private _revealCounts;

    constructor(IStakeRegistry registry_, IRolloutLog rolloutLog_) {
        registry = registry_;
        rolloutLog = rolloutLog_;
        Schedule memory s = rolloutLog_.schedule();
        _epochWindows = s.epochWindows;
        _revealBlocks = s.revealBlocks;
    }

    function commit(uint64 epoch, bytes32 hash) external {
        require(hash != 0, CommitHashZero());
        uint256 start = rolloutLog.commitDeadline((epoch + 1) * _epochWindows - 1);
        uint256 end = rolloutLog.epochStart(epoch + 1);
        require(block.number >= start, CommitPhaseNotStarted(epoch, start, block.number));
        require(block.number < end, CommitPhaseOver(epoch, end, block.number));
        Seat memory seat = registry.seatOf(msg.sender);
        require(seat.standing == Standing.Active && seat.role == Role.Validator, NotActiveValidator(msg.sender));
        Commitment storage c = _commitments[seat.uid];
        require(c.epochPlusOne != epoch + 1, AlreadyCommitted(epoch, seat.uid));

        _commitments[seat.uid] = Commitment(hash, msg.sender, epoch + 1, false);

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

    function commitment(
        uint64 epoch,
        uint32 validatorUid
    ) external view returns (bytes32 hash, address hotKey, bool revealed) {
        Commitment storage c = _commitments[validatorUid];
        if (c.epochPlusOne == epoch + 1) return (c.hash, c.hotKey, c.revealed);
    }

    function revealCount(uint64 epoch) external view returns (uint32) {
        return _revealCounts[epoch];
    }

    function rowDigests(uint64 epoch, uint32 count) external view returns (bytes32[] memory digests) {
        digests = new bytes32[](count);
        for (uint32 uid = 0; uid < count; ++uid) digests[uid] = _rowDigests[epoch][uid];
    }

    function _reveal(
        uint32 validatorUid,
        uint64 epoch,
        bytes calldata row,
        bytes32 salt,
        bytes32 evidenceRoot
    ) private {
        uint256 start = rolloutLog.epochStart(epoch + 1);
        require(block.number >= start, RevealPhaseNotStarted(epoch, start, block.number));
        require(block.number < start + _revealBlocks, RevealPhaseOver(epoch, start + _revealBlocks, block.number));
        Commitment storage c = _commitments[validatorUid];
        require(c.epochPlusOne == epoch + 1, NothingCommitted(epoch, validatorUid));
        require(!c.revealed, AlreadyRevealed(epoch, validatorUid));
        WeightRow.check(row, 2 * uint256(registry.count(Role.Miner)));
        bytes32 rowDigest = keccak256(row);
        bytes32 opened = commitHash(epoch, c.hotKey, salt, rowDigest, evidenceRoot);
        require(opened == c.hash, RevealMismatch(c.hash, opened));

        c.revealed = true;
        _rowDigests[epoch][validatorUid] = rowDigest;
        ++_revealCounts[epoch];

        emit ScoresRevealed(epoch, validatorUid, row, salt, evidenceRoot);
    }
}
