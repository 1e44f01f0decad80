// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Claim} from "../../contracts/interfaces/IRewardVault.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed} from "./Deeds.sol";
import {OpeningHandler} from "./OpeningHandler.sol";
import {Payout, PayoutTree} from "./PayoutTree.sol";
import {vm} from "./Vm.sol";

/// @notice Whoever claims what settled epochs owe, as their events told it.
abstract contract ClaimHandler is OpeningHandler {
    mapping(uint64 epoch => Payout[]) internal _payouts;
    mapping(uint64 epoch => mapping(uint256 payout => bool)) private _claimed;
    uint256 public claimed;

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
            _did(Deed.Claim, allowed, "claimed against the rules");
            require(token.balanceOf(owner) == before + p.amount, "the owner was not paid");
            _claimed[epoch][index] = true;
            claimed += p.amount;
            _mustNotRepeat(
                ownerAt(seed),
                address(vault),
                abi.encodeCall(vault.claim, (epoch, p.role, p.uid, p.amount, proof))
            );
        } catch (bytes memory reason) {
            _couldNot(Deed.Claim, allowed, reason, "could not claim");
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
            _did(Deed.ClaimMany, allowed, "claimed twice");
            for (uint256 i = 0; i < payouts.length; ++i) _claimed[epoch][i] = true;
            claimed += total;
        } catch (bytes memory reason) {
            _couldNot(Deed.ClaimMany, allowed, reason, "could not claim all");
        }
    }

    function _bookPayout(uint64 epoch, Role role, uint256 uid, uint256 amount) internal returns (uint256) {
        if (amount > 0) _payouts[epoch].push(Payout(role, uint32(uid), amount));
        return amount;
    }

    function _settledEpoch(uint256 seed) private view returns (uint64) {
        uint64 next = settlement.nextEpoch();
        return next == 0 ? 0 : uint64((seed / 5) % next);
    }
}
