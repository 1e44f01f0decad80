// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Rules} from "../../contracts/interfaces/IParams.sol";
import {ISettlement, Tally} from "../../contracts/interfaces/ISettlement.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed} from "./Deeds.sol";
import {ReplayHandler} from "./ReplayHandler.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Whoever settles, in one transaction or step by step; one may overtake the other.
abstract contract SettlementHandler is ReplayHandler {
    /// @dev Epoch plus one of the settlement in chunks, and where it stands, encoded.
    uint64 private _begun;
    bytes private _tally;

    /// @notice Settles what is due, and at least the next epoch.
    function settle(uint256 seed) external tick(seed) {
        uint64 epoch = settlement.nextEpoch();
        if (block.number < _revealEnd(epoch)) {
            if (seed % 4 == 0) return _mustNotSettle(epoch);
            _advanceTo(_revealEnd(epoch));
        }
        for (; block.number >= _revealEnd(epoch); ++epoch) _settleNext(epoch, _mix(seed, epoch));
    }

    /// @notice The next step of a settlement in chunks, by whoever comes along: nothing is paid before the last.
    function settleStep(uint256 seed) external tick(seed) {
        uint64 epoch = settlement.nextEpoch();
        _advanceTo(_revealEnd(epoch));
        bytes memory step = _begun == epoch + 1
            ? _nextStep(epoch, abi.decode(_tally, (Tally)))
            : abi.encodeCall(settlement.begin, (epoch));
        (uint256 emitted, bytes32 root) = (vault.emitted(), _rootAtOnce(epoch));
        vm.recordLogs();
        vm.prank(ownerAt(seed));
        (bool taken, bytes memory reason) = address(settlement).call(step);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bool kept = block.number < _scoreCommitStart(epoch + 4);
        if (!taken) return _couldNot(Deed.SettleInChunks, kept, reason, "could not take a step");
        require(kept, "took a step when ballots may be gone");
        _mustNotRepeat(ownerAt(seed), address(settlement), step);
        if (settlement.nextEpoch() == epoch) {
            require(vault.emitted() == emitted && vault.rootOf(epoch) == 0, "half settled");
            return _noteStep(epoch, logs);
        }
        _replay(epoch, logs);
        require(vault.rootOf(epoch) == root, "chunks settle otherwise than one transaction");
        if (root != 0) _did(Deed.SettleInChunks, true, "");
    }

    function _noteStep(uint64 epoch, Vm.Log[] memory logs) private {
        _noteColumns(epoch, logs);
        _begun = epoch + 1;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISettlement.SettlementAdvanced.selector) _tally = logs[i].data;
        }
    }

    /// @dev So few validators are scanned at the beginning, so few miners are one chunk.
    function _nextStep(uint64 epoch, Tally memory tally) private view returns (bytes memory) {
        bytes[] memory rows = _rows(epoch);
        bool keeps = _keepsBonds(params.rulesAt(epoch));
        if (!tally.seated) {
            bytes[] memory slices = new bytes[](rows.length);
            for (uint256 i = 0; i < rows.length; ++i) {
                if (rows[i].length > 0) slices[i] = abi.encodePacked(keccak256(rows[i]));
            }
            bytes32[] memory hashes = new bytes32[](keeps ? _bonds.length : 0);
            for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = keccak256(_bonds[i]);
            return abi.encodeCall(settlement.seat, (tally, slices, keeps ? _seats : bytes(""), hashes));
        }
        if (tally.ranks.length < tally.slices.length) {
            bytes memory before = keeps && _bonds.length > 0 ? _bonds[0] : bytes("");
            return abi.encodeCall(settlement.decide, (tally, rows, before));
        }
        bytes[] memory ranks = new bytes[](tally.slices.length);
        if (ranks.length > 0) (, ranks[0], ) = _columnsOf(epoch);
        return abi.encodeCall(settlement.finish, (tally, ranks));
    }

    /// @dev What one transaction would make of the epoch; taken back.
    function _rootAtOnce(uint64 epoch) private returns (bytes32 root) {
        uint256 id = vm.snapshotState();
        _settleAs(address(this), epoch, _rows(epoch));
        root = vault.rootOf(epoch);
        vm.revertToState(id);
    }

    /// @dev First as one caller, taken back; then with rows in another order, which must fail; then as another
    /// caller, with the same result.
    function _settleNext(uint64 epoch, uint256 seed) private {
        bytes[] memory rows = _rows(epoch);
        if (seed % 4 == 0) _requireIndependent(epoch, rows, seed);
        vm.recordLogs();
        _settleAs(ownerAt(seed), epoch, rows);
        _replay(epoch, vm.getRecordedLogs());
        _did(Deed.Settle, settlement.nextEpoch() == epoch + 1, "settled, and still the next");
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
        } catch (bytes memory reason) {
            _couldNot(Deed.Settle, false, reason, "");
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
}
