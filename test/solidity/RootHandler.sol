// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Commitment, CommitmentProof, Leaf} from "../../contracts/interfaces/IDisputes.sol";
import {Opening} from "../../contracts/interfaces/IRolloutLog.sol";
import {Role, Seat} from "../../contracts/interfaces/IStakeRegistry.sol";
import {CommitmentTree} from "../../contracts/libraries/CommitmentTree.sol";
import {StakeHandler} from "./StakeHandler.sol";
import {vm} from "./Vm.sol";

/// @notice Keys that commit roots, all of them with a leaf that no honest tree has, and whoever proves that. Who is to
/// be punished follows from what was seen here of every key.
abstract contract RootHandler is StakeHandler {
    /// @dev Beyond every commitment's groups.
    uint32 private constant BAD_INDEX = 9_999;

    struct Logged {
        address key;
        uint64 window;
        uint32 uid;
        Leaf leaf;
    }

    Logged[] internal _logged;
    mapping(address key => Commitment[]) private _commitments;
    mapping(uint32 uid => mapping(uint64 window => bool)) private _faultProven;
    uint256 public faultsProven;
    uint256 public faultsRefused;

    function openWindow(uint256 seed) external tick(seed) {
        uint64 window = rolloutLog.currentWindow() + uint64(seed % 2);
        uint256 start = rolloutLog.windowStart(window);
        bool allowed = rolloutLog.opening(window).openRound != 0 ||
            (block.number > start && block.number < start + COMMIT_BLOCKS);
        vm.prank(ownerAt(seed));
        try rolloutLog.openWindow(window) {
            require(allowed, "opened out of phase");
        } catch {
            require(!allowed, "could not open");
        }
    }

    function closeWindow(uint256 seed) external tick(seed) {
        uint64 window = rolloutLog.currentWindow();
        Opening memory before = rolloutLog.opening(window);
        bool allowed = before.openRound != 0 &&
            (before.auditRound != 0 || block.number >= rolloutLog.commitDeadline(window));
        vm.prank(ownerAt(seed));
        try rolloutLog.closeWindow(window) {
            require(allowed, "closed out of phase");
            bool kept = before.auditRound == 0 || rolloutLog.opening(window).auditRound == before.auditRound;
            require(kept, "the audit round moved");
        } catch {
            require(!allowed, "could not close");
        }
    }

    /// @notice Any key, of a miner or not, still signing or not, in any phase.
    function commitRoot(uint256 seed, uint256 place) external tick(seed) {
        uint64 window = rolloutLog.currentWindow();
        uint256 start = rolloutLog.windowStart(window);
        if (place % 4 != 0 && block.number <= start) _advanceTo(start + 1);
        bool open = block.number > start && block.number < rolloutLog.commitDeadline(window);
        if (open && place % 8 != 1) rolloutLog.openWindow(window);
        bool stranger = seed % 8 == 0;
        address key = stranger ? ownerAt(seed / 8) : _usedKeys[(seed / 8) % _usedKeys.length];
        uint32 uid = stranger ? 0 : registry.signerOf(key).uid;
        uint32 groups = place % 7 == 0 ? 0 : place % 7 == 1 ? 101 : uint32(1 + (place % 100));
        Leaf memory leaf = Leaf(window, uid, BAD_INDEX, bytes32(place));
        Commitment[] storage before = _commitments[key];
        bool again = before.length > 0 && before[before.length - 1].window >= window;
        bool allowed = !again && block.number >= start && block.number < rolloutLog.commitDeadline(window);
        vm.prank(key);
        try rolloutLog.commitRoot(window, CommitmentTree.hash(leaf), groups) {
            require(allowed, "a root was committed against the rules");
            before.push(Commitment(window, CommitmentTree.hash(leaf), groups, block.number));
            _logged.push(Logged(key, window, uid, leaf));
        } catch {
            require(!allowed, "could not commit a root");
        }
    }

    /// @notice Someone proves the fault in any of the roots: it costs stake where the commitment counts, and only there.
    function proveBadLeaf(uint256 seed) external tick(seed) {
        if (_logged.length == 0) return;
        Logged memory l = _logged[seed % _logged.length];
        (CommitmentProof memory proof, Commitment memory c) = _proofOf(l.key, l.window);
        uint64 epoch = l.window / EPOCH_WINDOWS;
        bool counted = counts(l, c);
        uint256 amount = counted ? _faultCost(l.uid, epoch) : 0;
        bool allowed = counted &&
            !_faultProven[l.uid][l.window] &&
            amount > 0 &&
            block.number < _scoreCommitStart(epoch + 4);
        vm.prank(ownerAt(seed / 7));
        try disputes.proveBadLeaf(proof, l.leaf, new bytes32[](0)) {
            require(allowed, "punished for what binds nobody");
            _faultProven[l.uid][l.window] = true;
            ++faultsProven;
            _bookSlash(Role.Miner, l.uid, amount);
        } catch {
            require(!allowed, "could not punish a bad leaf");
            ++faultsRefused;
        }
    }

    function _faultCost(uint32 uid, uint64 epoch) private view returns (uint256) {
        (, , Seat memory seat) = registry.entity(Role.Miner, uid);
        return (uint256(seat.stake) * params.rulesAt(epoch).faultSlashPpm) / 1_000_000;
    }

    /// @notice By what was seen here of keys, windows and rules.
    function counts(Logged memory l, Commitment memory c) public view returns (bool) {
        bool mine = keyAt(Role.Miner, l.uid, rolloutLog.windowStart(l.window) - 1) == l.key &&
            keyAt(Role.Miner, l.uid, c.blockNumber) == l.key;
        bool opened = rolloutLog.opening(l.window).openRound != 0;
        return mine && opened && c.groups > 0 && c.groups <= 100;
    }

    function logged() external view returns (Logged[] memory all, Commitment[] memory commitments) {
        all = _logged;
        commitments = new Commitment[](all.length);
        for (uint256 i = 0; i < all.length; ++i) (, commitments[i]) = _proofOf(all[i].key, all[i].window);
    }

    function _proofOf(
        address key,
        uint64 window
    ) private view returns (CommitmentProof memory proof, Commitment memory disputed) {
        Commitment[] storage all = _commitments[key];
        proof.hotKey = key;
        uint256 first = 0;
        for (; all[first].window != window; ++first) {
            proof.chainBefore = CommitmentTree.next(proof.chainBefore, all[first]);
        }
        disputed = all[first];
        proof.commitments = new Commitment[](all.length - first);
        for (uint256 i = first; i < all.length; ++i) proof.commitments[i - first] = all[i];
    }
}
