// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {EvidenceOpening} from "../../contracts/interfaces/IDisputes.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed} from "./Deeds.sol";
import {EpochHandler} from "./EpochHandler.sol";
import {EvidenceSigner} from "./EvidenceSigner.sol";
import {vm} from "./Vm.sol";

/// @notice Keys that sign what their validator revealed, or something else, and whoever holds them to it.
abstract contract OpeningHandler is EpochHandler, EvidenceSigner {
    /// @notice Two openings under one key, of a validator or not; some say the same.
    function proveEquivocation(uint256 seed) external tick(seed) {
        (EvidenceOpening memory first, address key) = _openingFrom(seed);
        EvidenceOpening memory second = _openingOf(first.epoch, first.validatorUid, first.rowDigest);
        if (seed % 4 != 0) second.rowDigest = bytes32(seed);
        bool differ = second.rowDigest != first.rowDigest;
        bytes memory proof = abi.encodeCall(
            disputes.proveEquivocation,
            (first, _sign(first, _secretOf[key]), second, _sign(second, _secretOf[key]))
        );
        _prove(Deed.ProveEquivocation, first, differ && _signsFor(key, first.validatorUid), proof);
    }

    /// @notice An opening against the row on chain; some are of that row.
    function proveFalseOpening(uint256 seed) external tick(seed) {
        (EvidenceOpening memory opening, address key) = _openingFrom(seed);
        Ballot storage b = _ballots[opening.epoch][opening.validatorUid];
        bool other = seed % 4 != 0;
        if (other) opening.rowDigest = bytes32(seed);
        bool fault = other && b.revealed && _signsFor(key, opening.validatorUid);
        bytes memory proof = abi.encodeCall(disputes.proveFalseOpening, (opening, _sign(opening, _secretOf[key])));
        _prove(Deed.ProveFalseOpening, opening, fault, proof);
    }

    function _prove(Deed deed, EvidenceOpening memory opening, bool fault, bytes memory proof) private {
        (uint64 epoch, uint32 uid) = (opening.epoch, opening.validatorUid);
        Ballot storage b = _ballots[epoch][uid];
        uint256 held = _held(_identities[_identityOf[Role.Validator][uid]]);
        uint256 amount = (held * params.rulesAt(epoch).faultSlashPpm) / 1_000_000;
        bool allowed = fault && amount > 0 && !b.punished && block.number < _scoreCommitStart(epoch + 4);
        vm.prank(ownerAt(epoch));
        (bool proven, bytes memory reason) = address(disputes).call(proof);
        if (!proven) return _couldNot(deed, allowed, reason, "could not punish an opening");
        _did(deed, allowed, "punished for an honest opening");
        b.punished = true;
        _bookSlash(Role.Validator, uid, amount);
        _mustNotRepeat(ownerAt(uid), address(disputes), proof);
    }

    /// @dev Of a recent epoch, true to what was committed, under a key that somebody has or had.
    function _openingFrom(uint256 seed) private view returns (EvidenceOpening memory opening, address key) {
        uint64 current = params.currentEpoch();
        uint64 back = uint64((seed / 4) % 6);
        uint32 uid = uint32((seed / 24) % _registered[Role.Validator]);
        uint64 epoch = back > current ? 0 : current - back;
        opening = _openingOf(epoch, uid, _digest(_ballots[epoch][uid].row));
        bool others = (seed / 512) % 8 == 0;
        key = others
            ? _usedKeys[(seed / 4_096) % _usedKeys.length]
            : _identities[_identityOf[Role.Validator][uid]].hotKey;
    }

    function _openingOf(
        uint64 epoch,
        uint32 uid,
        bytes32 rowDigest
    ) private pure returns (EvidenceOpening memory) {
        return EvidenceOpening(epoch, uid, rowDigest, keccak256("evidence"));
    }

    /// @dev A key that was rotated away still answers for what it signed.
    function _signsFor(address key, uint32 uid) private view returns (bool) {
        KeyChange[] storage changes = _keyChanges[Role.Validator][uid];
        for (uint256 i = 0; i < changes.length; ++i) {
            if (changes[i].key == key) return true;
        }
        return false;
    }
}
