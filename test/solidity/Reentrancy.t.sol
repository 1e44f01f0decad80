// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IDisputes} from "../../contracts/interfaces/IDisputes.sol";
import {ISettlement} from "../../contracts/interfaces/ISettlement.sol";
import {Role, Seat, Standing} from "../../contracts/interfaces/IStakeRegistry.sol";
import {HostileToken} from "./HostileToken.sol";
import {Payout, PayoutTree} from "./PayoutTree.sol";
import {vm} from "./Vm.sol";
import {IToken, World} from "./World.sol";

/// @notice The subnet around a token that calls back from every movement, into whatever hurts most. The token itself
/// owns every identity, so that it may call whatever an owner may.
contract ReentrancyTest is World {
    address private constant HOT_KEY = address(0xB001);
    address private constant OTHER_KEY = address(0xB002);
    bytes32 private constant SALT = keccak256("salt");
    HostileToken private hostile;

    function setUp() external {
        hostile = new HostileToken();
        token = IToken(address(hostile));
        manager = IAccessManager(_deploy("AccessManager", abi.encode(address(this))));
        _deployAround(address(0));
        hostile.transfer(address(hostile), 500_000 * ONE);
        vm.prank(address(hostile));
        hostile.approve(address(registry), type(uint256).max);
        _asOwner(address(registry), abi.encodeCall(registry.register, (Role.Validator, HOT_KEY, 100 * ONE, ONE)));
        _asOwner(address(registry), abi.encodeCall(registry.register, (Role.Miner, OTHER_KEY, 10 * ONE, ONE)));
    }

    function test_nobodyRegistersFromWithinARegistration() external {
        address key = address(0xB004);
        hostile.arm(
            address(registry),
            abi.encodeCall(registry.register, (Role.Validator, address(0xB003), 100 * ONE, type(uint256).max))
        );
        _asOwner(address(registry), abi.encodeCall(registry.register, (Role.Validator, key, 100 * ONE, 10 * ONE)));
        _requireGuarded();
        require(registry.count(Role.Validator) == 2, "not two");
        require(registry.uidOf(Role.Validator, key) == 1, "the outer one lost its uid");
        _requireBacked();
    }

    function test_aStakeIsWithdrawnOnce() external {
        _asOwner(address(registry), abi.encodeCall(registry.requestUnstake, (Role.Validator, 0)));
        vm.roll(block.number + UNBONDING_BLOCKS);
        bytes memory withdraw = abi.encodeCall(registry.withdraw, (Role.Validator, 0));
        uint256 before = hostile.balanceOf(address(hostile));
        hostile.arm(address(registry), withdraw);
        _asOwner(address(registry), withdraw);
        _requireGuarded();
        require(hostile.balanceOf(address(hostile)) == before + 100 * ONE, "paid twice");
        _requireBacked();
    }

    function test_stakingFromWithinAWithdrawalOfTheSameIdentityFails() external {
        _asOwner(address(registry), abi.encodeCall(registry.requestUnstake, (Role.Validator, 0)));
        vm.roll(block.number + UNBONDING_BLOCKS);
        hostile.arm(address(registry), abi.encodeCall(registry.stake, (Role.Validator, 0, ONE)));
        _asOwner(address(registry), abi.encodeCall(registry.withdraw, (Role.Validator, 0)));
        _requireGuarded();
        _requireBacked();
    }

    function test_leavingFromWithinAStakeTakesTheWholeStakeAlong() external {
        hostile.arm(address(registry), abi.encodeCall(registry.requestUnstake, (Role.Validator, 0)));
        _asOwner(address(registry), abi.encodeCall(registry.stake, (Role.Validator, 0, 7 * ONE)));
        require(hostile.reentered(), "could not leave");
        (, , Seat memory seat) = registry.entity(Role.Validator, 0);
        require(seat.stake == 107 * ONE && seat.standing == Standing.Exiting, "another stake left");
        require(registry.stakeAt(Role.Validator, 0, block.number) == 0, "it still counts");
        _requireBacked();
    }

    function test_pricesAreSweptOnce() external {
        hostile.arm(address(registry), abi.encodeCall(registry.sweepPrices, ()));
        registry.sweepPrices();
        _requireGuarded();
        require(hostile.balanceOf(address(registry)) == 110 * ONE, "stakes were swept too");
    }

    function test_aSilentValidatorIsPunishedOnce() external {
        _commitScores(hex"7fff");
        vm.roll(_revealEnd(0));
        bytes memory prove = abi.encodeCall(disputes.proveNonReveal, (0, 0));
        hostile.arm(address(disputes), prove);
        disputes.proveNonReveal(0, 0);
        _requireRefused(IDisputes.AlreadyPunished.selector);
        (, , Seat memory seat) = registry.entity(Role.Validator, 0);
        require(seat.stake == 99 * ONE, "slashed twice");
        _requireBacked();
    }

    function test_anEpochIsSettledOnceAndPaidOnce() external {
        Payout[] memory payouts = _settle(true);
        _requireRefused(ISettlement.EpochAlreadySettled.selector);
        bytes32[] memory proof = PayoutTree.proof(PayoutTree.nodes(0, payouts), 0);
        bytes memory claim = abi.encodeCall(vault.claim, (0, Role.Miner, 0, payouts[0].amount, proof));
        uint256 before = hostile.balanceOf(address(hostile));
        hostile.arm(address(vault), claim);
        vault.claim(0, Role.Miner, 0, payouts[0].amount, proof);
        _requireGuarded();
        require(hostile.balanceOf(address(hostile)) == before + payouts[0].amount, "paid twice");
    }

    function _settle(bool reenter) private returns (Payout[] memory payouts) {
        _commitScores(hex"7fff");
        vm.roll(_epochStart(1));
        scoreBook.revealFor(0, 0, hex"7fff", SALT, 0);
        vm.roll(_revealEnd(0));
        bytes[] memory rows = new bytes[](1);
        rows[0] = hex"7fff";
        uint256 pool = vault.available(0);
        bytes memory call = abi.encodeCall(settlement.settle, (0, rows, "", new bytes[](0)));
        if (reenter) hostile.arm(address(settlement), call);
        settlement.settle(0, rows, "", new bytes[](0));
        payouts = new Payout[](2);
        payouts[0] = Payout(Role.Miner, 0, pool / 2);
        payouts[1] = Payout(Role.Validator, 0, pool - pool / 2);
        require(vault.rootOf(0) == PayoutTree.nodes(0, payouts)[0], "another root");
    }

    function _commitScores(bytes memory row) private {
        vm.roll(_scoreCommitStart(0));
        bytes32 digest = keccak256(abi.encodePacked(keccak256(row)));
        bytes32 hash = scoreBook.commitHash(0, 0, SALT, digest, 0);
        vm.prank(HOT_KEY);
        scoreBook.commit(0, hash);
    }

    function _asOwner(address target, bytes memory data) private {
        vm.prank(address(hostile));
        (bool done, bytes memory reason) = target.call(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function _requireGuarded() private view {
        _requireRefused(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }

    /// @dev The refusal is the subnet's own, with a name, and not a lack of gas or of rights.
    function _requireRefused(bytes4 selector) private view {
        bytes memory refusal = hostile.refusal();
        require(!hostile.reentered() && refusal.length >= 4, "it was let in, or never tried");
        require(bytes4(refusal) == selector, "refused for another reason");
    }

    function _requireBacked() private view {
        uint256 owed = 0;
        for (uint8 role = 0; role < 2; ++role) {
            for (uint32 uid = 0; uid < registry.count(Role(role)); ++uid) {
                (, , Seat memory seat) = registry.entity(Role(role), uid);
                owed += seat.stake;
            }
        }
        require(hostile.balanceOf(address(registry)) >= owed, "stakes that are not there");
    }
}
