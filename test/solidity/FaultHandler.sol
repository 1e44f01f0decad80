// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Commitment, CommitmentProof, SatProof} from "../../contracts/interfaces/IDisputes.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {CommitmentTree} from "../../contracts/libraries/CommitmentTree.sol";
import {CrookedTree, Flaw} from "./CrookedTree.sol";
import {Deed} from "./Deeds.sol";
import {RootHandler} from "./RootHandler.sol";
import {vm} from "./Vm.sol";

/// @notice Whoever proves what is wrong with a tree: it costs stake where the commitment counts, once, and only there.
abstract contract FaultHandler is RootHandler {
    using CrookedTree for CrookedTree.Tree;

    bytes32 private constant SAT_PARAMETERS = 0xad7eaa544e25d51a1692b176a3e80bd486609b467eafa569702217d45cc95d97;

    mapping(uint32 uid => mapping(uint64 window => bool)) private _punished;

    function _publishSat() internal {
        bytes32 hash = keccak256(CrookedTree.manifest());
        policies.publish(hash, 0, 0, keccak256("sat"), SAT_PARAMETERS, 0, "");
    }

    /// @notice Of one tree, and of the latest few: most faults are past dispute.
    function proveFaults(uint256 seed) external tick(seed) {
        uint256 all = _logged.length;
        if (all > 0) _proveFault(_logged[seed % all], seed);
        for (uint256 i = 0; i < 4 && i < all; ++i) _proveFault(_logged[all - 1 - i], _mix(seed, i));
    }

    /// @dev By the proof that fits, or that of a foreign leaf where nothing is wrong.
    function _proveFault(Logged memory l, uint256 seed) private {
        CrookedTree.Tree memory tree = l.tree;
        uint64 epoch = tree.window / EPOCH_WINDOWS;
        if (tree.flaw == Flaw.FalseReward && seed % 3 != 0) _bringRound(tree.window);
        uint256 amount = _costOf(tree.uid, epoch);
        bool allowed = amount > 0 &&
            _isFault(l) &&
            !_punished[tree.uid][tree.window] &&
            block.number < _scoreCommitStart(epoch + 4);
        (Deed deed, bytes memory proof) = _proofOf(l);
        vm.prank(ownerAt(seed / 7));
        (bool proven, bytes memory reason) = address(disputes).call(proof);
        if (!proven) return _couldNot(deed, allowed, reason, "could not punish a fault");
        _did(deed, allowed, "punished for what binds nobody");
        _punished[tree.uid][tree.window] = true;
        _bookSlash(Role.Miner, tree.uid, amount);
        _mustNotRepeat(ownerAt(seed), address(disputes), proof);
    }

    /// @dev As whoever proves a false reward does where nobody has.
    function _bringRound(uint64 window) private {
        uint64 round = rolloutLog.opening(window).openRound;
        if (round != 0) beacon.submit(round, _signRound(round));
    }

    function _isFault(Logged memory l) private view returns (bool) {
        Commitment memory c = _commitmentOf(l);
        Flaw flaw = l.tree.flaw;
        if (flaw == Flaw.None || !counts(l, c)) return false;
        if (flaw == Flaw.TooFewGroups) return c.groups > 1;
        return flaw != Flaw.FalseReward || beacon.hasRound(rolloutLog.opening(l.tree.window).openRound);
    }

    function _costOf(uint32 uid, uint64 epoch) private view returns (uint256) {
        if (uid >= _registered[Role.Miner]) return 0;
        uint256 held = _held(_identities[_identityOf[Role.Miner][uid]]);
        return (held * params.rulesAt(epoch).faultSlashPpm) / 1_000_000;
    }

    function _proofOf(Logged memory l) private view returns (Deed, bytes memory) {
        CommitmentProof memory committed = _committed(l);
        CrookedTree.Tree memory t = l.tree;
        bytes32[] memory none = new bytes32[](0);
        if (t.flaw == Flaw.FalseReward) {
            SatProof memory sat = t.satProof();
            return (Deed.ProveFalseReward, abi.encodeCall(disputes.proveUnsatisfiedSat, (committed, sat)));
        }
        if (t.flaw == Flaw.TwiceOneGroup) return (Deed.ProveDuplicateGroup, _duplicateProof(committed, t));
        if (t.flaw == Flaw.TooFewGroups) {
            bytes32[] memory hashes = _one(t.salt);
            return (
                Deed.ProveMissingGroup,
                abi.encodeCall(disputes.proveMissingGroup, (committed, new uint32[](1), hashes, t.salt))
            );
        }
        return (Deed.ProveBadLeaf, abi.encodeCall(disputes.proveBadLeaf, (committed, t.leaf(), none)));
    }

    function _duplicateProof(
        CommitmentProof memory committed,
        CrookedTree.Tree memory t
    ) private view returns (bytes memory) {
        bytes32[2] memory hashes = [t.salt, ~t.salt];
        bytes32[] memory first = _one(CommitmentTree.hash(t.second()));
        bytes32[] memory second = _one(CommitmentTree.hash(t.leaf()));
        return abi.encodeCall(disputes.proveDuplicateGroup, (committed, 0, hashes, first, second));
    }

    function _committed(Logged memory l) private view returns (CommitmentProof memory proof) {
        Commitment[] storage all = _commitments[l.key];
        uint256 place = _placeOf(l);
        proof.hotKey = l.key;
        for (uint256 i = 0; i < place; ++i) proof.chainBefore = CommitmentTree.next(proof.chainBefore, all[i]);
        proof.commitments = new Commitment[](all.length - place);
        for (uint256 i = place; i < all.length; ++i) proof.commitments[i - place] = all[i];
    }

    function _one(bytes32 word) private pure returns (bytes32[] memory words) {
        words = new bytes32[](1);
        words[0] = word;
    }
}
