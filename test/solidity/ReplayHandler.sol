// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Rules} from "../../contracts/interfaces/IParams.sol";
import {IRewardVault} from "../../contracts/interfaces/IRewardVault.sol";
import {ISettlement} from "../../contracts/interfaces/ISettlement.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {ClaimHandler} from "./ClaimHandler.sol";
import {NaiveYuma} from "./NaiveYuma.sol";
import {PayoutTree} from "./PayoutTree.sol";
import {Vm} from "./Vm.sol";

/// @notice Replays every settled epoch from its events alone.
abstract contract ReplayHandler is ClaimHandler {
    /// @dev What `EpochSettled` and `ColumnsDecided` tell, unpacked.
    struct Result {
        bytes32 root;
        uint256 minerPool;
        uint256 validatorPool;
        uint256[] uids;
        uint256[] stakes;
        uint256[] trusts;
        uint256[] dividends;
        uint256[] consensus;
        uint256[] ranks;
        uint256 rankSum;
    }

    mapping(uint64 epoch => uint256) public timesFunded;
    /// @dev Data of its ColumnsDecided: so few miners are one chunk.
    mapping(uint64 epoch => bytes) private _columns;
    uint256 public toTreasury;
    uint256 public paidEpochs;
    uint256 public voidEpochs;
    bytes internal _seats;
    bytes[] internal _bonds;

    /// @dev A settlement that is overtaken decides the same columns again.
    function _noteColumns(uint64 epoch, Vm.Log[] memory logs) internal {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != ISettlement.ColumnsDecided.selector) continue;
            bytes memory before = _columns[epoch];
            bool same = before.length == 0 || keccak256(before) == keccak256(logs[i].data);
            require(same, "columns were decided twice, and differ");
            _columns[epoch] = logs[i].data;
        }
    }

    function _columnsOf(uint64 epoch) internal view returns (bytes memory consensus, bytes memory ranks, bytes memory bonds) {
        if (_columns[epoch].length > 0) (, consensus, ranks, bonds) = abi.decode(_columns[epoch], (uint256, bytes, bytes, bytes));
    }

    function _replay(uint64 epoch, Vm.Log[] memory logs) internal {
        Result memory result;
        bytes memory seats;
        _noteColumns(epoch, logs);
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == IRewardVault.EpochFunded.selector) _bookFunding(logs[i]);
            if (topic == ISettlement.EpochSettled.selector) seats = _readSettled(result, logs[i].data);
        }
        if (result.root == 0) {
            ++voidEpochs;
            require(vault.rootOf(epoch) == 0, "void, and a root");
            return;
        }
        ++paidEpochs;
        (bytes memory consensus, bytes memory ranks, bytes memory bonds) = _columnsOf(epoch);
        (result.consensus, result.ranks) = (_unpackAll(consensus, 2), _unpackAll(ranks, 4));
        _requireConsensus(epoch, result);
        _bookPayouts(epoch, result);
        _keepBonds(params.rulesAt(epoch), seats, bonds, result.consensus.length);
    }

    function _keepBonds(Rules memory rules, bytes memory seats, bytes memory bonds, uint256 miners) private {
        delete _bonds;
        _seats = _keepsBonds(rules) ? seats : bytes("");
        if (_keepsBonds(rules) && miners > 0) _bonds.push(bonds);
    }

    function _bookFunding(Vm.Log memory log) private {
        (, , uint256 treasuryShare, ) = abi.decode(log.data, (bytes32, uint256, uint256, uint256));
        ++timesFunded[uint64(uint256(log.topics[1]))];
        toTreasury += treasuryShare;
    }

    function _readSettled(Result memory result, bytes memory data) private pure returns (bytes memory uids) {
        bytes memory stakes;
        bytes memory trusts;
        bytes memory dividends;
        (result.root, result.minerPool, result.validatorPool, uids, stakes, trusts, dividends) = abi.decode(
            data,
            (bytes32, uint256, uint256, bytes, bytes, bytes, bytes)
        );
        result.uids = _unpackAll(uids, 4);
        result.stakes = _unpackAll(stakes, 2);
        result.trusts = _unpackAll(trusts, 2);
        result.dividends = _unpackAll(dividends, 6);
    }

    /// @dev Every miner's consensus, rank and every validator's trust, from the rows and the quantised stakes alone.
    function _requireConsensus(uint64 epoch, Result memory result) private view {
        uint256 majority = NaiveYuma.majorityOf(result.stakes, params.rulesAt(epoch).kappa);
        uint256 seats = result.uids.length;
        uint256[] memory weights = new uint256[](seats);
        uint256[] memory trusts = new uint256[](seats);
        for (uint256 m = 0; m < result.consensus.length; ++m) {
            uint256 rank = 0;
            uint256 consensus = result.consensus[m];
            for (uint256 s = 0; s < seats; ++s) weights[s] = _weight(epoch, uint32(result.uids[s]), m);
            require(NaiveYuma.support(weights, result.stakes, consensus) >= majority, "too little stake at C");
            require(NaiveYuma.support(weights, result.stakes, consensus + 1) < majority, "enough stake above C");
            require(NaiveYuma.median(weights, result.stakes, majority) == consensus, "not the median");
            for (uint256 s = 0; s < seats; ++s) {
                uint256 clipped = weights[s] < consensus ? weights[s] : consensus;
                rank += result.stakes[s] * clipped;
                trusts[s] += clipped;
            }
            require(rank == result.ranks[m], "another rank");
            result.rankSum += rank;
        }
        for (uint256 s = 0; s < seats; ++s) require(trusts[s] == result.trusts[s], "another trust");
    }

    function _bookPayouts(uint64 epoch, Result memory result) private {
        uint256 total = 0;
        uint256 dividendSum = 0;
        for (uint256 s = 0; s < result.dividends.length; ++s) dividendSum += result.dividends[s];
        for (uint256 m = 0; m < result.ranks.length; ++m) {
            total += _bookPayout(epoch, Role.Miner, m, (result.minerPool * result.ranks[m]) / result.rankSum);
        }
        for (uint256 s = 0; dividendSum > 0 && s < result.uids.length; ++s) {
            uint256 amount = (result.validatorPool * result.dividends[s]) / dividendSum;
            total += _bookPayout(epoch, Role.Validator, result.uids[s], amount);
        }
        require(total <= result.minerPool + result.validatorPool, "more than the pools");
        require(PayoutTree.nodes(epoch, _payouts[epoch])[0] == result.root, "another root");
        require(vault.rootOf(epoch) == result.root, "another root is funded");
    }

    function _counts(uint64 epoch, uint32 uid) internal view returns (bool) {
        if (uid == type(uint32).max || block.number >= _scoreCommitStart(epoch + 4)) return false;
        return _ballots[epoch][uid].revealed;
    }

    function _weight(uint64 epoch, uint32 uid, uint256 miner) private view returns (uint256) {
        if (!_counts(epoch, uid)) return 0;
        bytes storage row = _ballots[epoch][uid].row;
        if (2 * miner >= row.length) return 0;
        return (uint256(uint8(row[2 * miner])) << 8) | uint8(row[2 * miner + 1]);
    }

    function _keepsBonds(Rules memory rules) internal pure returns (bool) {
        return rules.bondsMovingAveragePpm > 0 || rules.bondsPenalty < type(uint16).max;
    }

    function _unpackAll(bytes memory packed, uint256 size) internal pure returns (uint256[] memory values) {
        values = new uint256[](packed.length / size);
        for (uint256 i = 0; i < values.length; ++i) values[i] = _unpack(packed, i, size);
    }

    function _unpack(bytes memory packed, uint256 index, uint256 size) internal pure returns (uint256 value) {
        for (uint256 i = 0; i < size; ++i) value = (value << 8) | uint8(packed[index * size + i]);
    }
}
