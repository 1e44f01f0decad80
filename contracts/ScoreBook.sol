// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRolloutLog, Schedule} from "./interfaces/IRolloutLog.sol";
import {IScoreBook} from "./interfaces/IScoreBook.sol";
import {IStakeRegistry, Role, Signer, Standing} from "./interfaces/IStakeRegistry.sol";
import {WeightRow} from "./libraries/WeightRow.sol";

contract ScoreBook is IScoreBook {
    /// @dev One slot: 192 bits of a hash leave 96 against whoever looks for two rows under one commitment.
    struct Ballot {
        /// @dev The commitment, and once revealed the row's digest.
        bytes24 hash;
        uint32 epochPlusOne;
        /// @dev How many there were at the commitment: a row has no weights of others. More do not fit a transaction.
        uint24 miners;
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
        Signer memory signer = registry.signerOf(msg.sender);
        require(
            signer.standing == Standing.Active && signer.role == Role.Validator,
            NotActiveValidator(msg.sender)
        );
        Ballot storage b = _ballots[signer.uid][epoch % KEPT_EPOCHS];
        require(b.epochPlusOne != epoch + 1, AlreadyCommitted(epoch, signer.uid));
        uint24 miners = uint24(Math.min(registry.count(Role.Miner), type(uint24).max));

        (b.hash, b.epochPlusOne, b.miners, b.revealed) = (bytes24(hash), uint32(epoch + 1), miners, false);

        emit ScoresCommitted(epoch, signer.uid, msg.sender, hash);
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
        uint32 validatorUid,
        bytes32 salt,
        bytes32 rowDigest,
        bytes32 evidenceRoot
    ) public view returns (bytes32) {
        return
            keccak256(
                abi.encode(block.chainid, address(this), epoch, validatorUid, salt, rowDigest, evidenceRoot)
            );
    }

    function ballot(uint64 epoch, uint32 validatorUid) public view returns (bytes24 hash, bool revealed) {
        Ballot storage b = _ballots[validatorUid][epoch % KEPT_EPOCHS];
        if (b.epochPlusOne == uint256(epoch) + 1) return (b.hash, b.revealed);
    }

    function rowDigests(
        uint64 epoch,
        uint32 first,
        uint32 count
    ) external view returns (bytes24[] memory digests) {
        digests = new bytes24[](count);
        for (uint32 i = 0; i < count; ++i) {
            (bytes24 hash, bool revealed) = ballot(epoch, first + i);
            if (revealed) digests[i] = hash;
        }
    }

    function keptUntil(uint64 epoch) external view returns (uint256) {
        return _epochEnd(uint256(epoch) + KEPT_EPOCHS) - _commitPhaseBlocks;
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
        WeightRow.check(row, 2 * uint256(b.miners));
        bytes32 rowDigest = WeightRow.digest(row);
        bytes24 opened = bytes24(commitHash(epoch, validatorUid, salt, rowDigest, evidenceRoot));
        require(opened == b.hash, RevealMismatch(b.hash, opened));

        (b.hash, b.revealed) = (bytes24(rowDigest), true);

        emit ScoresRevealed(epoch, validatorUid, row, salt, evidenceRoot);
    }

    function _epochEnd(uint256 epoch) private view returns (uint256) {
        // Hardly more than 64 bits each.
        unchecked {
            return _startBlock + (epoch + 1) * _epochBlocks;
        }
    }
}
