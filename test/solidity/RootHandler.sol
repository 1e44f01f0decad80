// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Commitment} from "../../contracts/interfaces/IDisputes.sol";
import {Opening} from "../../contracts/interfaces/IRolloutLog.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Bls12381} from "../../contracts/libraries/Bls12381.sol";
import {CrookedTree, Flaw} from "./CrookedTree.sol";
import {Deed} from "./Deeds.sol";
import {StakeHandler} from "./StakeHandler.sol";
import {vm} from "./Vm.sol";

/// @notice Windows, their beacon, and keys that commit roots, most of them with something wrong in the tree.
abstract contract RootHandler is StakeHandler {
    using CrookedTree for CrookedTree.Tree;

    struct Logged {
        address key;
        CrookedTree.Tree tree;
    }

    Logged[] internal _logged;
    mapping(address key => Commitment[]) internal _commitments;

    function openWindow(uint256 seed) external tick(seed) {
        uint64 window = rolloutLog.currentWindow() + uint64(seed % 2);
        uint256 start = rolloutLog.windowStart(window);
        bool allowed = rolloutLog.opening(window).openRound != 0 ||
            (block.number > start && block.number < start + COMMIT_BLOCKS);
        vm.prank(ownerAt(seed));
        try rolloutLog.openWindow(window) {
            _did(Deed.OpenWindow, allowed, "opened out of phase");
        } catch (bytes memory reason) {
            _couldNot(Deed.OpenWindow, allowed, reason, "could not open");
        }
    }

    function closeWindow(uint256 seed) external tick(seed) {
        uint64 window = rolloutLog.currentWindow();
        Opening memory before = rolloutLog.opening(window);
        bool allowed = before.openRound != 0 &&
            (before.auditRound != 0 || block.number >= rolloutLog.commitDeadline(window));
        vm.prank(ownerAt(seed));
        try rolloutLog.closeWindow(window) {
            _did(Deed.CloseWindow, allowed, "closed out of phase");
            bool kept = before.auditRound == 0 || rolloutLog.opening(window).auditRound == before.auditRound;
            require(kept, "the audit round moved");
        } catch (bytes memory reason) {
            _couldNot(Deed.CloseWindow, allowed, reason, "could not close");
        }
    }

    /// @notice Any key, of a miner or not, still signing or not, in any phase.
    function commitRoot(uint256 seed, uint256 place) external tick(seed) {
        uint64 window = rolloutLog.currentWindow();
        uint256 start = rolloutLog.windowStart(window);
        if (place % 4 != 0 && block.number <= start) _advanceTo(start + 1);
        bool open = block.number > start && block.number < rolloutLog.commitDeadline(window);
        if (open && place % 8 != 1) rolloutLog.openWindow(window);
        (address key, uint32 uid) = _keyFrom(seed);
        uint32 groups = place % 7 == 0 ? 0 : place % 7 == 1 ? 101 : uint32(1 + (place % 100));
        Flaw flaw = Flaw((seed / 64) % (uint8(type(Flaw).max) + 1));
        _commitTree(key, CrookedTree.Tree(flaw, window, uid, keccak256(abi.encode(seed, place))), groups);
    }

    /// @dev Of a stranger, one that somebody has or had, and most often one that signs.
    function _keyFrom(uint256 seed) private view returns (address key, uint32 uid) {
        if (seed % 8 == 0) return (ownerAt(seed / 8), 0);
        key = seed % 8 < 3 ? _usedKeys[(seed / 8) % _usedKeys.length] : _pick(seed / 8).hotKey;
        uid = registry.signerOf(key).uid;
    }

    function _commitTree(address key, CrookedTree.Tree memory tree, uint32 groups) private {
        Commitment[] storage before = _commitments[key];
        bool again = before.length > 0 && before[before.length - 1].window >= tree.window;
        uint256 deadline = rolloutLog.commitDeadline(tree.window);
        bool allowed = !again && block.number >= rolloutLog.windowStart(tree.window) && block.number < deadline;
        bytes32 root = tree.root();
        vm.prank(key);
        try rolloutLog.commitRoot(tree.window, root, groups) {
            _did(Deed.CommitRoot, allowed, "a root was committed against the rules");
            before.push(Commitment(tree.window, root, groups, block.number));
            _logged.push(Logged(key, tree));
        } catch (bytes memory reason) {
            _couldNot(Deed.CommitRoot, allowed, reason, "could not commit a root");
        }
    }

    /// @notice The round of a window that somebody committed in, now and then with another round's signature.
    function submitBeacon(uint256 seed) external tick(seed) {
        if (_logged.length == 0) return;
        uint64 round = rolloutLog.opening(_logged[seed % _logged.length].tree.window).openRound;
        bool other = seed % 5 == 0;
        bool allowed = beacon.hasRound(round) || (!other && round != 0);
        bytes memory signature = _signRound(other ? round + 1 : round);
        vm.prank(ownerAt(seed));
        try beacon.submit(round, signature) {
            _did(Deed.SubmitBeacon, allowed, "a round that was not signed");
        } catch (bytes memory reason) {
            _couldNot(Deed.SubmitBeacon, allowed, reason, "could not submit a round");
        }
    }

    function _signRound(uint64 round) internal view returns (bytes memory) {
        return Bls12381.hashToG1(sha256(abi.encodePacked(round)));
    }

    /// @notice Whether a commitment binds its key's miner, by what was seen here of keys, windows and rules.
    function counts(Logged memory l, Commitment memory c) public view returns (bool) {
        uint256 before = rolloutLog.windowStart(l.tree.window) - 1;
        bool mine = keyAt(Role.Miner, l.tree.uid, before) == l.key &&
            keyAt(Role.Miner, l.tree.uid, c.blockNumber) == l.key;
        bool opened = rolloutLog.opening(l.tree.window).openRound != 0;
        return mine && opened && c.groups > 0 && c.groups <= 100;
    }

    function logged() external view returns (Logged[] memory all, Commitment[] memory commitments) {
        all = _logged;
        commitments = new Commitment[](all.length);
        for (uint256 i = 0; i < all.length; ++i) commitments[i] = _commitmentOf(all[i]);
    }

    function _commitmentOf(Logged memory l) internal view returns (Commitment memory) {
        return _commitments[l.key][_placeOf(l)];
    }

    /// @dev Among all that its key committed.
    function _placeOf(Logged memory l) internal view returns (uint256 place) {
        while (_commitments[l.key][place].window != l.tree.window) ++place;
    }
}
