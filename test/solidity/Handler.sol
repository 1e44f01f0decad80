// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Rules} from "../../contracts/interfaces/IParams.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed} from "./Deeds.sol";
import {SettlementHandler} from "./SettlementHandler.sol";
import {vm} from "./Vm.sol";

/// @notice A subnet and everyone around it: the stateful fuzzer calls these functions in any order.
contract Handler is SettlementHandler {
    constructor(address treasury_) {
        _deploySubnet(treasury_);
        _publishSat();
        _startStake();
    }

    function wait_(uint256 seed) external tick(seed) {
        _advanceTo(now_ + 1 + (seed % EPOCH_BLOCKS));
    }

    /// @notice A vote on other rules, some of them out of bounds.
    function setRules(uint256 seed) external tick(seed) {
        Rules memory rules = params.latestRules();
        uint256 s = _mix(seed, 0);
        uint256 kind = seed % 10;
        if (kind == 0) rules.kappa = uint16(10_000 + (s % 50_000));
        if (kind == 1) rules.minerSharePpm = uint32(s % 1_100_000);
        if (kind == 2) rules.quorumPpm = uint32(400_000 + (s % 600_000));
        if (kind == 3) rules.bondsMovingAveragePpm = s % 3 == 0 ? 0 : uint32(s % 1_100_000);
        if (kind == 4) rules.bondsPenalty = s % 3 == 0 ? type(uint16).max : uint16(s);
        if (kind == 5) rules.minMinerStake = uint96(s % (20 * ONE));
        if (kind == 6) rules.minValidatorStake = uint96(s % (400 * ONE));
        if (kind == 7) rules.emissionPerEpoch = s % 2 == 0 ? type(uint128).max : uint128(s % (8_000 * ONE));
        if (kind == 8) rules.treasurySharePpm = uint32(s % 200_000);
        if (kind == 9) rules.nonRevealSlashPpm = uint32(s % 110_000);
        bool allowed = _inBounds(rules);
        try params.setRules(rules) {
            _did(Deed.SetRules, allowed, "rules out of bounds");
        } catch (bytes memory reason) {
            _couldNot(Deed.SetRules, allowed, reason, "could not set rules");
        }
    }

    /// @notice What only one contract, or only the timelock, may do.
    function trespass(uint256 seed) external tick(seed) {
        address[4] memory targets = [address(token), address(vault), address(registry), address(params)];
        bytes[4] memory calls = [
            abi.encodeCall(token.mint, (ownerAt(seed), ONE)),
            abi.encodeCall(vault.fund, (settlement.nextEpoch(), bytes32(seed | 1), 1)),
            abi.encodeCall(registry.slash, (Role.Validator, 0, 1)),
            abi.encodeCall(params.setRules, (params.latestRules()))
        ];
        for (uint256 i = 0; i < targets.length; ++i) {
            vm.prank(ownerAt(seed));
            (bool entered, bytes memory reason) = targets[i].call(calls[i]);
            require(!entered, "a stranger was let in");
            _requireNamed(reason);
        }
        // As the timelock, which this is.
        for (uint256 i = 0; i < 3; ++i) {
            (bool entered, ) = targets[i].call(calls[i]);
            require(!entered, "a vote was let in");
        }
    }

    function _inBounds(Rules memory r) private pure returns (bool) {
        bool shares = r.minerSharePpm >= 100_000 && r.minerSharePpm <= 900_000 && r.treasurySharePpm <= 180_000;
        bool votes = r.kappa >= 16_384 && r.kappa <= 49_151 && r.quorumPpm > 500_000 && r.quorumPpm <= 900_000;
        bool slashes = r.nonRevealSlashPpm >= 1_000 && r.nonRevealSlashPpm <= 100_000;
        bool stakes = r.minMinerStake > 0 && r.minValidatorStake > 0 && r.emissionPerEpoch > 0;
        return shares && votes && slashes && stakes && r.bondsMovingAveragePpm <= 990_000;
    }
}
