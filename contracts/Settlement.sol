// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParams, Rules} from "./interfaces/IParams.sol";
import {IRewardVault} from "./interfaces/IRewardVault.sol";
import {IRolloutLog, Schedule} from "./interfaces/IRolloutLog.sol";
import {IScoreBook} from "./interfaces/IScoreBook.sol";
import {ISettlement, Tally} from "./interfaces/ISettlement.sol";
import {IStakeRegistry, Role} from "./interfaces/IStakeRegistry.sol";
import {Columns} from "./libraries/Columns.sol";
import {Committee} from "./libraries/Committee.sol";
import {Dividends} from "./libraries/Dividends.sol";
import {Packing} from "./libraries/Packing.sol";
import {Payouts} from "./libraries/Payouts.sol";
import {WeightRow} from "./libraries/WeightRow.sol";

/// @notice See ISettlement.
/// @dev shared/protocol/consensus.ts is the same arithmetic and must agree to the last digit. Yuma's step 3 drops
/// weights on oneself and weights older than their target's registration. Neither can exist here: a row holds
/// miners only, is committed anew each epoch, and uids are never given out twice. A miner that came or left
/// during the epoch is paid for what validators measured of it.
contract Settlement is ISettlement {
    using Arrays for uint256[];

    uint256 private constant PPM = 1_000_000;
    /// @dev Validators looked at in one transaction of a chunked settlement.
    uint256 private constant SCAN = 512;

    IStakeRegistry public immutable registry;
    IParams public immutable params;
    IRolloutLog public immutable rolloutLog;
    IScoreBook public immutable scoreBook;
    IRewardVault public immutable vault;
    uint256 private immutable _startBlock;
    uint256 private immutable _epochBlocks;
    uint256 private immutable _revealBlocks;

    uint64 public nextEpoch;
    uint64 public bondsEpoch;
    /// @dev Epoch plus one of the chunked settlement under way, and where it stands.
    uint64 private _begun;
    bytes32 private _reached;
    bytes32 public bondsDigest;

    constructor(
        IStakeRegistry registry_,
        IParams params_,
        IRolloutLog rolloutLog_,
        IScoreBook scoreBook_,
        IRewardVault vault_
    ) {
        registry = registry_;
        params = params_;
        rolloutLog = rolloutLog_;
        scoreBook = scoreBook_;
        vault = vault_;
        Schedule memory s = rolloutLog_.schedule();
        _startBlock = s.startBlock;
        _epochBlocks = uint256(s.epochWindows) * s.windowBlocks;
        _revealBlocks = s.revealBlocks;
    }

    function settle(
        uint64 epoch,
        bytes[] calldata rows,
        bytes calldata seatsBefore,
        bytes[] calldata bondsBefore
    ) external {
        _open(epoch);
        Rules memory rules = params.rulesAt(epoch);
        Tally memory tally = _blank(epoch);
        _scan(tally, rules, tally.validators);
        if (!_seat(tally, rules, seatsBefore, _hashes(bondsBefore))) return;
        _finish(tally, rules, _decideAll(tally, rules, rows, bondsBefore));
    }

    function begin(uint64 epoch) external {
        _open(epoch);
        require(_begun != epoch + 1, AlreadyBegun(epoch));
        _begun = epoch + 1;
        _requireKept(epoch);
        Tally memory tally = _blank(epoch);
        _scan(tally, params.rulesAt(epoch), SCAN);
        _advance(tally);
    }

    function scan(Tally calldata given) external {
        Tally memory tally = _resume(given);
        _requireStep(tally.scanned < tally.validators, tally);
        Committee.reserve(tally);
        _scan(tally, params.rulesAt(tally.epoch), SCAN);
        _advance(tally);
    }

    function seat(
        Tally calldata given,
        bytes[] calldata sliceHashes,
        bytes calldata seatsBefore,
        bytes32[] calldata bondHashes
    ) external {
        Tally memory tally = _resume(given);
        _requireStep(tally.scanned == tally.validators && !tally.seated, tally);
        if (!_seat(tally, params.rulesAt(tally.epoch), seatsBefore, bondHashes)) return;
        tally.slices = _checkSlices(tally, sliceHashes);
        _advance(tally);
    }

    function decide(Tally calldata given, bytes[] calldata slices, bytes calldata bondsBefore) external {
        Tally memory tally = _resume(given);
        uint256 chunk = tally.ranks.length;
        _requireStep(tally.seated && chunk < tally.slices.length, tally);
        bytes32 digest = WeightRow.digestSlices(slices);
        require(digest == tally.slices[chunk], SliceMismatch(chunk, digest, tally.slices[chunk]));
        bytes32 known = chunk < tally.bondsBefore.length ? tally.bondsBefore[chunk] : keccak256("");
        bytes32 bonds = keccak256(bondsBefore);
        require(bonds == known, BondsMismatch(bonds, known));
        bytes memory ranks = _decide(tally, params.rulesAt(tally.epoch), chunk, slices, 0, bondsBefore);
        tally.ranks = _append(tally.ranks, keccak256(ranks));
        _advance(tally);
    }

    function finish(Tally calldata given, bytes[] calldata ranks) external {
        Tally memory tally = _resume(given);
        uint256 chunks = tally.slices.length;
        _requireStep(tally.seated && tally.ranks.length == chunks && ranks.length == chunks, tally);
        for (uint256 i = 0; i < chunks; ++i) {
            bytes32 digest = keccak256(ranks[i]);
            require(digest == tally.ranks[i], RanksMismatch(i, digest, tally.ranks[i]));
        }
        _finish(tally, params.rulesAt(tally.epoch), ranks);
    }

    /// @dev Voids the epochs before, so that `epoch` is the next one.
    function _open(uint64 epoch) private {
        uint64 next = nextEpoch;
        require(epoch >= next, EpochAlreadySettled(epoch, next));
        uint256 end = _startBlock + (uint256(epoch) + 1) * _epochBlocks + _revealBlocks;
        require(block.number >= end, RevealPhaseRunning(epoch, end, block.number));
        if (next == epoch) return;
        nextEpoch = epoch;
        for (; next < epoch; ++next) _skip(epoch, next);
    }

    /// @dev An epoch without a single reveal can only void, so it need not be settled on its own.
    function _skip(uint64 epoch, uint64 skipped) private {
        bytes24[] memory digests = _digests(skipped, 0, registry.count(Role.Validator));
        for (uint256 uid = 0; uid < digests.length; ++uid) {
            require(digests[uid] == 0, EpochOutOfOrder(epoch, skipped));
        }
        vault.fund(skipped, 0, 0);
        emit EpochVoided(skipped, 0, 0);
    }

    /// @dev Nothing once the first of an epoch's ballots may have been replaced: the result must not depend on
    /// which of them still stand.
    function _digests(uint64 epoch, uint32 first, uint32 count) private view returns (bytes24[] memory) {
        if (block.number >= scoreBook.keptUntil(epoch)) return new bytes24[](count);
        return scoreBook.rowDigests(epoch, first, count);
    }

    function _requireKept(uint64 epoch) private view {
        uint256 kept = scoreBook.keptUntil(epoch);
        require(block.number < kept, BallotsExpired(epoch, kept, block.number));
    }

    function _blank(uint64 epoch) private view returns (Tally memory tally) {
        tally.epoch = epoch;
        tally.validators = registry.count(Role.Validator);
        Committee.reserve(tally);
    }

    function _resume(Tally calldata given) private view returns (Tally memory tally) {
        require(given.epoch >= nextEpoch, EpochAlreadySettled(given.epoch, nextEpoch));
        _requireKept(given.epoch);
        tally = given;
        bytes32 digest = keccak256(abi.encode(tally));
        require(_begun == uint256(tally.epoch) + 1 && digest == _reached, TallyMismatch(digest, _reached));
    }

    function _advance(Tally memory tally) private {
        _reached = keccak256(abi.encode(tally));
        emit SettlementAdvanced(tally.epoch, tally);
    }

    function _requireStep(bool next, Tally memory tally) private pure {
        require(next, StepOutOfOrder(tally.epoch, tally.scanned, tally.seated, tally.ranks.length));
    }

    /// @dev Stake that was there for a whole epoch: what came later, however large, waits.
    function _scan(Tally memory tally, Rules memory rules, uint256 most) private view {
        uint32 first = tally.scanned;
        uint32 count = uint32(Math.min(most, tally.validators - first));
        uint256[] memory stakes = registry.activeStakes(Role.Validator, tally.epoch, first, count);
        bytes24[] memory digests = _digests(tally.epoch, first, count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 stake = stakes.unsafeMemoryAccess(i);
            if (stake >= rules.minValidatorStake) Committee.admit(tally, first + i, stake, digests[i]);
        }
        tally.scanned = first + count;
    }

    /// @return quorate whether the epoch has a result; if not it is void, and done.
    function _seat(
        Tally memory tally,
        Rules memory rules,
        bytes calldata seatsBefore,
        bytes32[] memory bondHashes
    ) private returns (bool quorate) {
        (uint256 revealed, uint256 active) = Committee.stakeOf(tally);
        (tally.revealedStake, tally.activeStake) = (revealed, active);
        if (revealed == 0 || revealed * PPM < active * rules.quorumPpm) {
            _void(tally.epoch, revealed, active);
            return false;
        }
        if (_keepsBonds(rules)) {
            bytes32 digest = _bondsDigest(seatsBefore, bondHashes);
            require(digest == bondsDigest, BondsMismatch(digest, bondsDigest));
            tally.kept = Committee.seat(tally, seatsBefore, 16);
            tally.bondsBefore = bondHashes;
            tally.dividends = new uint256[](tally.uids.length / 4);
        } else {
            Committee.seat(tally, seatsBefore[:0], 4);
        }
        Committee.quantise(tally, revealed);
        tally.trusts = new uint256[](tally.uids.length);
        tally.seated = true;
        return true;
    }

    /// @dev Yuma with alpha = 1 and penalty = 1 needs no bonds: a dividend is stake times trust.
    function _keepsBonds(Rules memory rules) private pure returns (bool) {
        return rules.bondsMovingAveragePpm > 0 || rules.bondsPenalty < type(uint16).max;
    }

    function _hashes(bytes[] calldata chunks) private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](chunks.length);
        for (uint256 i = 0; i < chunks.length; ++i) hashes[i] = keccak256(chunks[i]);
    }

    function _bondsDigest(bytes memory seats, bytes32[] memory bondHashes) private pure returns (bytes32) {
        return seats.length == 0 && bondHashes.length == 0 ? bytes32(0) : keccak256(abi.encode(seats, bondHashes));
    }

    /// @return length of the longest row.
    function _checkRows(Tally memory tally, bytes[] calldata rows) private pure returns (uint256 length) {
        uint256 row = 0;
        bytes24[] memory digests = tally.digests;
        for (uint256 s = 0; s < digests.length; ++s) {
            if (digests[s] == 0) continue;
            require(row < rows.length, RowMissing(uint32(tally.uids[s])));
            bytes calldata weights = rows[row++];
            _checkRow(tally, s, bytes24(WeightRow.digest(weights)));
            if (weights.length > length) length = weights.length;
        }
        require(row == rows.length, RowsExcess(rows.length, row));
    }

    /// @return slices by chunk, the hash over the hashes of its slices.
    function _checkSlices(
        Tally memory tally,
        bytes[] calldata sliceHashes
    ) private pure returns (bytes32[] memory slices) {
        uint256 row = 0;
        uint256 chunks = tally.bondsBefore.length;
        for (uint256 s = 0; s < tally.uids.length; ++s) {
            if (tally.digests[s] == 0) continue;
            require(row < sliceHashes.length, RowMissing(uint32(tally.uids[s])));
            _checkRow(tally, s, bytes24(keccak256(sliceHashes[row])));
            chunks = Math.max(chunks, sliceHashes[row].length / 32);
            ++row;
        }
        require(row == sliceHashes.length, RowsExcess(sliceHashes.length, row));
        slices = new bytes32[](chunks);
        bytes32[] memory hashes = new bytes32[](row);
        for (uint256 chunk = 0; chunk < chunks; ++chunk) {
            for (uint256 i = 0; i < row; ++i) {
                uint256 start = 32 * chunk;
                hashes[i] = start < sliceHashes[i].length ? bytes32(sliceHashes[i][start:start + 32]) : bytes32(0);
            }
            slices[chunk] = keccak256(abi.encodePacked(hashes));
        }
    }

    function _checkRow(Tally memory tally, uint256 s, bytes24 given) private pure {
        require(given == tally.digests[s], RowMismatch(uint32(tally.uids[s]), given, tally.digests[s]));
    }

    function _decideAll(
        Tally memory tally,
        Rules memory rules,
        bytes[] calldata rows,
        bytes[] calldata bondsBefore
    ) private returns (bytes[] memory ranks) {
        uint256 length = _checkRows(tally, rows);
        uint256 chunks = Math.max(Math.ceilDiv(length, WeightRow.SLICE), tally.bondsBefore.length);
        ranks = new bytes[](chunks);
        for (uint256 i = 0; i < chunks; ++i) {
            bytes calldata before = i < tally.bondsBefore.length ? bondsBefore[i] : msg.data[:0];
            ranks[i] = _decide(tally, rules, i, rows, i * WeightRow.SLICE, before);
        }
    }

    /// @param from byte of each row at which the chunk begins.
    function _decide(
        Tally memory tally,
        Rules memory rules,
        uint256 chunk,
        bytes[] calldata rows,
        uint256 from,
        bytes calldata before
    ) private returns (bytes memory) {
        Columns.Sheet memory sheet = Columns.decide(tally, rules, rows, from, before);
        if (sheet.keepsBonds) tally.bondsAfter = _append(tally.bondsAfter, keccak256(sheet.bonds));
        emit ColumnsDecided(tally.epoch, chunk, sheet.consensus, sheet.ranks, sheet.bonds);
        return sheet.ranks;
    }

    function _void(uint64 epoch, uint256 revealed, uint256 active) private {
        nextEpoch = epoch + 1;
        vault.fund(epoch, 0, 0);
        emit EpochVoided(epoch, revealed, active);
    }

    /// @dev Payouts round down; the vault carries the dust.
    function _finish(Tally memory tally, Rules memory rules, bytes[] memory ranks) private {
        uint256[] memory dividends = Dividends.bySeat(tally);
        uint256 pool = vault.available(tally.epoch);
        uint256 minerPool = Math.mulDiv(pool, rules.minerSharePpm, PPM);
        (bytes32 root, uint256 total) = Payouts.rootOf(tally, ranks, dividends, minerPool, pool - minerPool);
        if (total == 0) {
            (uint256 revealed, uint256 active) = (tally.revealedStake, tally.activeStake);
            return _void(tally.epoch, revealed, active);
        }
        nextEpoch = tally.epoch + 1;
        _keep(tally, rules);
        vault.fund(tally.epoch, root, total);
        _announce(tally, root, minerPool, pool - minerPool, dividends);
    }

    function _keep(Tally memory tally, Rules memory rules) private {
        if (_keepsBonds(rules)) {
            bondsEpoch = tally.epoch;
            bondsDigest = _bondsDigest(Packing.pack(tally.uids, 4), tally.bondsAfter);
        } else if (bondsDigest != 0) {
            bondsDigest = 0;
        }
    }

    function _announce(
        Tally memory tally,
        bytes32 root,
        uint256 minerPool,
        uint256 validatorPool,
        uint256[] memory dividends
    ) private {
        emit EpochSettled(
            tally.epoch,
            root,
            minerPool,
            validatorPool,
            Packing.pack(tally.uids, 4),
            Packing.pack(tally.stakes, 2),
            Packing.pack(tally.trusts, 2),
            Packing.pack(dividends, 6)
        );
    }

    function _append(bytes32[] memory hashes, bytes32 hash) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](hashes.length + 1);
        for (uint256 i = 0; i < hashes.length; ++i) longer[i] = hashes[i];
        longer[hashes.length] = hash;
    }
}
