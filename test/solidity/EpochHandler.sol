// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Role, Standing} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed} from "./Deeds.sol";
import {FaultHandler} from "./FaultHandler.sol";
import {vm} from "./Vm.sol";

/// @notice Validators that commit and reveal, and whoever proves that one did not.
abstract contract EpochHandler is FaultHandler {
    struct Ballot {
        bool committed;
        bool revealed;
        bool punished;
        bytes row;
    }

    bytes32 private constant SALT = keccak256("salt");
    bytes32 private constant EVIDENCE = keccak256("evidence");

    mapping(uint64 epoch => mapping(uint32 uid => Ballot)) internal _ballots;

    /// @notice One key tries to commit, whoever it is and whatever the phase.
    function commitScores(uint256 seed) external tick(seed) {
        Identity storage i = _pick(seed);
        _commit(i, params.currentEpoch(), seed);
    }

    /// @notice Most validators vote on the epoch that is on, in its phases; in every other one some stay silent.
    function vote(uint256 seed) external tick(seed) {
        uint64 epoch = params.currentEpoch();
        _advanceTo(_scoreCommitStart(epoch));
        for (uint256 n = 0; n < _identities.length; ++n) {
            uint256 s = _mix(seed, n);
            if (_identities[n].role == Role.Validator && s % 8 != 0) _commit(_identities[n], epoch, s);
        }
        _advanceTo(_epochStart(epoch + 1));
        for (uint32 uid = 0; uid < _registered[Role.Validator]; ++uid) {
            uint256 s = _mix(seed, 1000 + uid);
            if (seed % 2 == 0 || s % 4 != 0) _reveal(epoch, uid, s);
        }
    }

    /// @notice Someone reveals for anyone, of this epoch or the one before.
    function reveal(uint256 seed) external tick(seed) {
        uint64 epoch = params.currentEpoch();
        if (epoch > 0 && seed % 2 == 0) --epoch;
        _reveal(epoch, uint32((seed / 2) % _registered[Role.Validator]), seed / 64);
    }

    function proveNonReveal(uint256 seed) external tick(seed) {
        uint64 epoch = params.currentEpoch();
        uint64 back = 1 + uint64(seed % 4);
        epoch = back > epoch ? 0 : epoch - back;
        for (uint32 uid = 0; uid < _registered[Role.Validator]; ++uid) _accuse(epoch, uid, ownerAt(seed / 6));
    }

    function _accuse(uint64 epoch, uint32 uid, address prover) private {
        Ballot storage b = _ballots[epoch][uid];
        uint256 held = _held(_identities[_identityOf[Role.Validator][uid]]);
        uint256 amount = (held * params.rulesAt(epoch).nonRevealSlashPpm) / 1_000_000;
        bool allowed = b.committed && !b.revealed && !b.punished && amount > 0;
        allowed = allowed && block.number >= _revealEnd(epoch) && block.number < _scoreCommitStart(epoch + 4);
        uint256 before = token.balanceOf(prover);
        vm.prank(prover);
        try disputes.proveNonReveal(epoch, uid) {
            _did(Deed.ProveNonReveal, allowed, "punished against the rules");
            require(token.balanceOf(prover) == before, "the prover was paid");
            b.punished = true;
            _bookSlash(Role.Validator, uid, amount);
            _mustNotRepeat(prover, address(disputes), abi.encodeCall(disputes.proveNonReveal, (epoch, uid)));
        } catch (bytes memory reason) {
            _couldNot(Deed.ProveNonReveal, allowed, reason, "could not punish");
        }
    }

    function rowOf(uint64 epoch, uint32 uid) public view returns (bytes memory) {
        return _ballots[epoch][uid].row;
    }

    function _commit(Identity storage i, uint64 epoch, uint256 seed) private {
        Ballot storage b = _ballots[epoch][i.uid];
        bool allowed = i.role == Role.Validator &&
            _standing(i) == Standing.Active &&
            !b.committed &&
            block.number >= _scoreCommitStart(epoch) &&
            block.number < _epochStart(epoch + 1);
        bytes memory row = _rowFrom(seed);
        bytes32 hash = scoreBook.commitHash(epoch, i.uid, SALT, _digest(row), EVIDENCE);
        vm.prank(i.hotKey);
        try scoreBook.commit(epoch, hash) {
            _did(Deed.CommitScores, allowed, "committed against the rules");
            b.committed = true;
            b.row = row;
            _mustNotRepeat(i.hotKey, address(scoreBook), abi.encodeCall(scoreBook.commit, (epoch, hash)));
        } catch (bytes memory reason) {
            _couldNot(Deed.CommitScores, allowed, reason, "could not commit");
        }
    }

    function _reveal(uint64 epoch, uint32 uid, uint256 seed) private {
        Ballot storage b = _ballots[epoch][uid];
        bool other = seed % 16 == 0;
        bytes memory row = other ? bytes.concat(b.row, hex"0001") : b.row;
        bool allowed = b.committed &&
            !b.revealed &&
            !other &&
            block.number >= _epochStart(epoch + 1) &&
            block.number < _revealEnd(epoch);
        vm.prank(ownerAt(seed));
        try scoreBook.revealFor(uid, epoch, row, SALT, EVIDENCE) {
            _did(Deed.Reveal, allowed, "revealed against the rules");
            b.revealed = true;
            _mustNotRepeat(
                ownerAt(seed),
                address(scoreBook),
                abi.encodeCall(scoreBook.revealFor, (uid, epoch, row, SALT, EVIDENCE))
            );
        } catch (bytes memory reason) {
            _couldNot(Deed.Reveal, allowed, reason, "could not reveal");
        }
    }

    /// @dev Few distinct weights, so that ties are common; rows of every length, one of them all on one miner.
    function _rowFrom(uint256 seed) private view returns (bytes memory row) {
        uint256 miners = _registered[Role.Miner];
        uint256 length = seed % 4 == 0 ? (seed / 4) % (miners + 1) : miners;
        row = new bytes(2 * length);
        if (length == 0) return row;
        if (seed % 32 == 1) {
            uint256 only = (seed / 32) % length;
            (row[2 * only], row[2 * only + 1]) = (0x7f, 0xff);
            return row;
        }
        for (uint256 m = 0; m < length; ++m) {
            uint256 s = _mix(seed, m);
            uint256 weight = s % 2 == 0 ? [uint256(0), 1, 2, 100][(s / 2) % 4] : (s / 2) % 1_600;
            (row[2 * m], row[2 * m + 1]) = (bytes1(uint8(weight >> 8)), bytes1(uint8(weight)));
        }
    }

    /// @dev Of a row of one slice, which all rows here are; an empty one has none.
    function _digest(bytes memory row) internal pure returns (bytes32) {
        return row.length == 0 ? keccak256("") : keccak256(abi.encodePacked(keccak256(row)));
    }
}
