// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IParams, Rules} from "../../contracts/interfaces/IParams.sol";
import {Claim, IRewardVault} from "../../contracts/interfaces/IRewardVault.sol";
import {ISettlement} from "../../contracts/interfaces/ISettlement.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {EpochHandler} from "./EpochHandler.sol";
import {NaiveYuma} from "./NaiveYuma.sol";
import {Payout, PayoutTree} from "./PayoutTree.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Settles, replays every settled epoch from its events alone, and claims.
abstract contract MoneyHandler is EpochHandler {
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

    mapping(uint64 epoch => Payout[]) internal _payouts;
    mapping(uint64 epoch => uint256) public timesFunded;
    mapping(uint64 epoch => mapping(uint256 payout => bool)) private _claimed;
    uint256 public claimed;
    uint256 public toTreasury;
    uint256 public paidEpochs;
    uint256 public voidEpochs;
    bytes private _seats;
    bytes[] private _bonds;

    /// @notice Settles what is due, and at least the next epoch.
    function settle(uint256 seed) external tick(seed) {
        uint64 epoch = settlement.nextEpoch();
        if (block.number < _revealEnd(epoch)) {
            if (seed % 16 == 0) return _mustNotSettle(epoch);
            _advanceTo(_revealEnd(epoch));
        }
        for (; block.number >= _revealEnd(epoch); ++epoch) _settleNext(epoch, _mix(seed, epoch));
    }

    /// @dev First as one caller, taken back; then with rows in another order, which must fail; then as another
    /// caller, with the same result.
    function _settleNext(uint64 epoch, uint256 seed) private {
        bytes[] memory rows = _rows(epoch);
        if (seed % 8 == 1) _tryBegin(epoch);
        if (seed % 4 == 0) _requireIndependent(epoch, rows, seed);
        vm.recordLogs();
        _settleAs(ownerAt(seed), epoch, rows);
        require(settlement.nextEpoch() == epoch + 1, "settled, and still the next");
        _replay(epoch, vm.getRecordedLogs());
    }

    function claim(uint256 seed) external tick(seed) {
        uint64 epoch = _settledEpoch(seed);
        if (_payouts[epoch].length == 0) return;
        uint256 index = (seed / 8) % _payouts[epoch].length;
        Payout memory p = _payouts[epoch][index];
        bytes32[] memory proof = PayoutTree.proof(PayoutTree.nodes(epoch, _payouts[epoch]), index);
        address owner = _identities[_identityOf[p.role][p.uid]].owner;
        uint256 more = seed % 8 == 0 ? 1 : 0;
        bool allowed = !_claimed[epoch][index] && more == 0;
        uint256 before = token.balanceOf(owner);
        vm.prank(ownerAt(seed / 3));
        try vault.claim(epoch, p.role, p.uid, p.amount + more, proof) {
            require(allowed, "claimed against the rules");
            require(token.balanceOf(owner) == before + p.amount, "the owner was not paid");
            _claimed[epoch][index] = true;
            claimed += p.amount;
        } catch {
            require(!allowed, "could not claim");
        }
    }

    /// @notice Everything of an epoch at once: fails whole where any of it was claimed.
    function claimMany(uint256 seed) external tick(seed) {
        uint64 epoch = _settledEpoch(seed);
        Payout[] memory payouts = _payouts[epoch];
        if (payouts.length == 0) return;
        bytes32[] memory tree = PayoutTree.nodes(epoch, payouts);
        Claim[] memory claims = new Claim[](payouts.length);
        bool allowed = true;
        uint256 total = 0;
        for (uint256 i = 0; i < payouts.length; ++i) {
            Payout memory p = payouts[i];
            claims[i] = Claim(epoch, p.role, p.uid, p.amount, PayoutTree.proof(tree, i));
            allowed = allowed && !_claimed[epoch][i];
            total += p.amount;
        }
        vm.prank(ownerAt(seed));
        try vault.claimMany(claims) {
            require(allowed, "claimed twice");
            for (uint256 i = 0; i < payouts.length; ++i) _claimed[epoch][i] = true;
            claimed += total;
        } catch {
            require(!allowed, "could not claim all");
        }
    }

    function _settledEpoch(uint256 seed) private view returns (uint64) {
        uint64 next = settlement.nextEpoch();
        return next == 0 ? 0 : uint64((seed / 5) % next);
    }

    function _settleAs(address caller, uint64 epoch, bytes[] memory rows) private {
        bool keeps = _keepsBonds(params.rulesAt(epoch));
        bytes memory seats = keeps ? _seats : bytes("");
        bytes[] memory bonds = keeps ? _bonds : new bytes[](0);
        vm.prank(caller);
        settlement.settle(epoch, rows, seats, bonds);
    }

    function _mustNotSettle(uint64 epoch) private {
        try settlement.settle(epoch, new bytes[](0), "", new bytes[](0)) {
            revert("settled while rows may be revealed");
        } catch {}
    }

    /// @dev Abandoned right away: whoever settles next must not notice.
    function _tryBegin(uint64 epoch) private {
        uint256 emitted = vault.emitted();
        vm.prank(ownerAt(epoch));
        try settlement.begin(epoch) {
            require(settlement.nextEpoch() == epoch && vault.emitted() == emitted, "half settled");
        } catch {
            require(block.number >= _scoreCommitStart(epoch + 4), "could not begin");
        }
    }

    function _requireIndependent(uint64 epoch, bytes[] memory rows, uint256 seed) private {
        uint256 id = vm.snapshotState();
        _settleAs(ownerAt(seed + 1), epoch, rows);
        bytes32 root = vault.rootOf(epoch);
        uint256 carried = vault.carried();
        vm.revertToState(id);
        if (root != 0 && rows.length > 1 && keccak256(rows[0]) != keccak256(rows[1])) {
            (rows[0], rows[1]) = (rows[1], rows[0]);
            try this.settleFor(epoch, rows) {
                revert("settled with rows in another order");
            } catch {}
            (rows[0], rows[1]) = (rows[1], rows[0]);
        }
        id = vm.snapshotState();
        _settleAs(ownerAt(seed), epoch, rows);
        require(vault.rootOf(epoch) == root && vault.carried() == carried, "the caller matters");
        vm.revertToState(id);
    }

    function settleFor(uint64 epoch, bytes[] calldata rows) external {
        require(msg.sender == address(this), "only from here");
        _settleAs(address(this), epoch, rows);
    }

    /// @dev Of the committee's members that revealed, in seat order.
    function _rows(uint64 epoch) private view returns (bytes[] memory rows) {
        uint256[] memory members = _members(epoch);
        rows = new bytes[](members.length);
        uint256 used = 0;
        for (uint256 i = 0; i < members.length; ++i) {
            if (_counts(epoch, uint32(members[i]))) rows[used++] = _ballots[epoch][uint32(members[i])].row;
        }
        assembly ("memory-safe") {
            mstore(rows, used)
        }
    }

    /// @dev Former seats first, newcomers in the lowest free ones; uid order where no bonds are kept.
    function _members(uint64 epoch) private view returns (uint256[] memory seats) {
        Rules memory rules = params.rulesAt(epoch);
        uint32 count = _registered[Role.Validator];
        uint256[] memory stakes = registry.activeStakes(Role.Validator, epoch, 0, count);
        bytes memory before = _keepsBonds(rules) ? _seats : bytes("");
        seats = new uint256[](before.length / 4 + count);
        for (uint256 s = 0; s < seats.length; ++s) {
            seats[s] = 4 * s < before.length ? _unpack(before, s, 4) : type(uint32).max;
            if (seats[s] < count && stakes[seats[s]] < rules.minValidatorStake) seats[s] = type(uint32).max;
        }
        for (uint256 uid = 0; uid < count; ++uid) {
            if (stakes[uid] >= rules.minValidatorStake) _sit(seats, uid);
        }
    }

    function _sit(uint256[] memory seats, uint256 uid) private pure {
        for (uint256 s = 0; s < seats.length; ++s) {
            if (seats[s] == uid) return;
        }
        for (uint256 s = 0; s < seats.length; ++s) {
            if (seats[s] != type(uint32).max) continue;
            seats[s] = uid;
            return;
        }
    }

    function _counts(uint64 epoch, uint32 uid) private view returns (bool) {
        if (uid == type(uint32).max || block.number >= _scoreCommitStart(epoch + 4)) return false;
        return _ballots[epoch][uid].revealed;
    }

    function _replay(uint64 epoch, Vm.Log[] memory logs) private {
        Result memory result;
        bytes[] memory bonds = new bytes[](1);
        bytes memory seats;
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == IRewardVault.EpochFunded.selector) _bookFunding(logs[i]);
            if (topic == ISettlement.ColumnsDecided.selector) {
                (, bytes memory consensus, bytes memory ranks, bytes memory columns) = abi.decode(
                    logs[i].data,
                    (uint256, bytes, bytes, bytes)
                );
                (result.consensus, result.ranks) = (_unpackAll(consensus, 2), _unpackAll(ranks, 4));
                bonds[0] = columns;
            }
            if (topic == ISettlement.EpochSettled.selector) seats = _readSettled(result, logs[i].data);
        }
        if (result.root == 0) {
            ++voidEpochs;
            require(vault.rootOf(epoch) == 0, "void, and a root");
            return;
        }
        ++paidEpochs;
        _requireConsensus(epoch, result);
        _bookPayouts(epoch, result);
        bool keeps = _keepsBonds(params.rulesAt(epoch));
        _seats = keeps ? seats : bytes("");
        _bonds = keeps && result.consensus.length > 0 ? bonds : new bytes[](0);
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

    function _bookPayout(uint64 epoch, Role role, uint256 uid, uint256 amount) private returns (uint256) {
        if (amount > 0) _payouts[epoch].push(Payout(role, uint32(uid), amount));
        return amount;
    }

    function _weight(uint64 epoch, uint32 uid, uint256 miner) private view returns (uint256) {
        if (!_counts(epoch, uid)) return 0;
        bytes storage row = _ballots[epoch][uid].row;
        if (2 * miner >= row.length) return 0;
        return (uint256(uint8(row[2 * miner])) << 8) | uint8(row[2 * miner + 1]);
    }

    function _keepsBonds(Rules memory rules) private pure returns (bool) {
        return rules.bondsMovingAveragePpm > 0 || rules.bondsPenalty < type(uint16).max;
    }

    function _unpackAll(bytes memory packed, uint256 size) private pure returns (uint256[] memory values) {
        values = new uint256[](packed.length / size);
        for (uint256 i = 0; i < values.length; ++i) values[i] = _unpack(packed, i, size);
    }

    function _unpack(bytes memory packed, uint256 index, uint256 size) private pure returns (uint256 value) {
        for (uint256 i = 0; i < size; ++i) value = (value << 8) | uint8(packed[index * size + i]);
    }
}
