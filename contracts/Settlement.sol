// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParams, Rules} from "./interfaces/IParams.sol";
import {IRewardVault} from "./interfaces/IRewardVault.sol";
import {IRolloutLog, Schedule} from "./interfaces/IRolloutLog.sol";
import {IScoreBook} from "./interfaces/IScoreBook.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakeRegistry, Role} from "./interfaces/IStakeRegistry.sol";
import {MerkleRoot} from "./libraries/MerkleRoot.sol";
import {Packing} from "./libraries/Packing.sol";
import {WeightRow} from "./libraries/WeightRow.sol";
import {YumaLanes} from "./libraries/YumaLanes.sol";

/// @notice See ISettlement.
/// @dev Yuma steps 1–6 with dividends at alpha = 1 and penalty = 1, where a validator's share is stake times
/// trust. shared/protocol/consensus.ts is the same arithmetic and must agree to the last digit.
contract Settlement is ISettlement {
    uint256 private constant PPM = 1_000_000;

    /// @dev The validators that decide an epoch.
    struct Panel {
        /// @dev Position in `rows` of each validator.
        uint256[] rowIndex;
        uint256[] uids;
        /// @dev Quantised to a sum of at most WeightRow.UNIT.
        uint256[] stakes;
        uint256[] trusts;
        uint256 revealedStake;
        uint256 activeStake;
    }

    struct Outcome {
        bytes consensus;
        uint256[] ranks;
        uint256 rankSum;
    }

    IStakeRegistry public immutable registry;
    IParams public immutable params;
    IRolloutLog public immutable rolloutLog;
    IScoreBook public immutable scoreBook;
    IRewardVault public immutable vault;
    uint64 private immutable _revealBlocks;

    uint64 public nextEpoch;

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
        _revealBlocks = s.revealBlocks;
    }

    function settle(uint64 epoch, bytes[] calldata rows) external {
        uint64 next = nextEpoch;
        require(epoch >= next, EpochAlreadySettled(epoch, next));
        uint256 end = rolloutLog.epochStart(epoch + 1) + _revealBlocks;
        require(block.number >= end, RevealPhaseRunning(epoch, end, block.number));
        nextEpoch = epoch + 1;

        for (; next < epoch; ++next) _skip(epoch, next);
        Rules memory rules = params.rulesAt(epoch);
        Panel memory panel = _empanel(epoch, rows, rules.minValidatorStake);
        if (panel.revealedStake == 0 || panel.revealedStake * PPM < panel.activeStake * rules.quorumPpm) {
            _void(epoch, panel);
            return;
        }
        Outcome memory outcome = _decide(rows, panel, rules.kappa);
        if (outcome.rankSum == 0) _void(epoch, panel);
        else _pay(epoch, rules.minerSharePpm, panel, outcome);
    }

    /// @dev An epoch without a single reveal can only void, so it need not be settled on its own.
    function _skip(uint64 epoch, uint64 skipped) private {
        bytes24[] memory digests = _digests(skipped);
        for (uint256 uid = 0; uid < digests.length; ++uid) {
            require(digests[uid] == 0, EpochOutOfOrder(epoch, skipped));
        }
        vault.fund(skipped, 0, 0);
        emit EpochVoided(skipped, 0, 0);
    }

    /// @dev Nothing once the first of an epoch's ballots may have been replaced: the result must not depend on
    /// which of them still stand.
    function _digests(uint64 epoch) private view returns (bytes24[] memory) {
        if (block.number >= scoreBook.keptUntil(epoch)) return new bytes24[](0);
        return scoreBook.rowDigests(epoch, registry.count(Role.Validator));
    }

    function _void(uint64 epoch, Panel memory panel) private {
        vault.fund(epoch, 0, 0);
        emit EpochVoided(epoch, panel.revealedStake, panel.activeStake);
    }

    /// @dev Checks every row against its reveal, and takes the stake that was there for a whole epoch:
    /// what came later, however large, waits.
    function _empanel(
        uint64 epoch,
        bytes[] calldata rows,
        uint256 minStake
    ) private view returns (Panel memory panel) {
        uint256[] memory stakes = registry.activeStakes(Role.Validator, epoch);
        bytes24[] memory digests = _digests(epoch);
        panel.rowIndex = new uint256[](rows.length);
        panel.uids = new uint256[](rows.length);
        panel.stakes = new uint256[](rows.length);
        uint256 row = 0;
        uint256 members = 0;
        for (uint32 uid = 0; uid < stakes.length; ++uid) {
            bool counts = stakes[uid] >= minStake;
            if (counts) panel.activeStake += stakes[uid];
            if (uid >= digests.length || digests[uid] == 0) continue;
            require(row < rows.length, RowMissing(uid));
            bytes24 given = bytes24(keccak256(rows[row]));
            require(given == digests[uid], RowMismatch(uid, given, digests[uid]));
            if (counts) {
                panel.rowIndex[members] = row;
                panel.uids[members] = uid;
                panel.stakes[members] = stakes[uid];
                panel.revealedStake += stakes[uid];
                ++members;
            }
            ++row;
        }
        require(row == rows.length, RowsExcess(rows.length, row));
        panel.uids = Arrays.splice(panel.uids, 0, members);
        panel.stakes = Arrays.splice(panel.stakes, 0, members);
        panel.trusts = new uint256[](members);
        for (uint256 i = 0; i < members; ++i) {
            panel.stakes[i] = (panel.stakes[i] * WeightRow.UNIT) / panel.revealedStake;
        }
    }

    /// @dev Clips every weight at the consensus and sums stake times clipped weight, 16 miners at a time.
    function _decide(
        bytes[] calldata rows,
        Panel memory panel,
        uint256 kappa
    ) private pure returns (Outcome memory outcome) {
        uint256 validators = panel.stakes.length;
        uint256 miners = 0;
        uint256 stakeSum = 0;
        for (uint256 i = 0; i < validators; ++i) {
            miners = Math.max(miners, rows[panel.rowIndex[i]].length / 2);
            stakeSum += panel.stakes[i];
        }
        uint256 majority = Math.ceilDiv(stakeSum * kappa, type(uint16).max);
        outcome.consensus = new bytes(2 * miners);
        outcome.ranks = new uint256[](miners);
        uint256[] memory words = new uint256[](validators);
        for (uint256 first = 0; first < miners; first += 16) {
            for (uint256 i = 0; i < validators; ++i) {
                words[i] = WeightRow.load(rows[panel.rowIndex[i]], 2 * first);
            }
            uint256 consensus = YumaLanes.median(words, panel.stakes, majority);
            WeightRow.store(outcome.consensus, 2 * first, consensus);
            for (uint256 i = 0; i < validators; ++i) {
                words[i] = YumaLanes.min(words[i], consensus);
                panel.trusts[i] += WeightRow.sumLanes(words[i]);
            }
            outcome.rankSum += YumaLanes.addRanks(words, panel.stakes, outcome.ranks, first);
        }
    }

    /// @dev Payouts round down; the vault carries the dust.
    function _pay(uint64 epoch, uint256 minerSharePpm, Panel memory panel, Outcome memory outcome) private {
        uint256 pool = vault.available(epoch);
        uint256 minerPool = Math.mulDiv(pool, minerSharePpm, PPM);
        uint256 validatorPool = pool - minerPool;
        uint256 miners = outcome.ranks.length;
        uint256 validators = panel.uids.length;
        bytes32[] memory leaves = new bytes32[](miners + validators);
        uint256 used = 0;
        uint256 total = 0;
        for (uint32 uid = 0; uid < miners; ++uid) {
            uint256 amount = Math.mulDiv(minerPool, outcome.ranks[uid], outcome.rankSum);
            if (amount == 0) continue;
            total += amount;
            leaves[used++] = MerkleRoot.leaf(epoch, uint8(Role.Miner), uid, amount);
        }
        for (uint256 i = 0; i < validators; ++i) {
            // The sum of stake times trust over validators is the sum of ranks over miners.
            uint256 share = panel.stakes[i] * panel.trusts[i];
            uint256 amount = Math.mulDiv(validatorPool, share, outcome.rankSum);
            if (amount == 0) continue;
            total += amount;
            leaves[used++] = MerkleRoot.leaf(epoch, uint8(Role.Validator), uint32(panel.uids[i]), amount);
        }
        if (used == 0) return _void(epoch, panel);
        leaves = Arrays.splice(leaves, 0, used);
        bytes32 root = MerkleRoot.compute(leaves);
        vault.fund(epoch, root, total);
        _emitSettled(epoch, root, minerPool, validatorPool, panel, outcome);
    }

    function _emitSettled(
        uint64 epoch,
        bytes32 root,
        uint256 minerPool,
        uint256 validatorPool,
        Panel memory panel,
        Outcome memory outcome
    ) private {
        emit EpochSettled(
            epoch,
            root,
            minerPool,
            validatorPool,
            Packing.pack(panel.uids, 4),
            Packing.pack(panel.stakes, 2),
            Packing.pack(panel.trusts, 2),
            outcome.consensus,
            Packing.pack(outcome.ranks, 4)
        );
    }
}
