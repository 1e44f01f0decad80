// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @notice The delay between a vote and its effect. A vote may lengthen it and never make it shorter than it was at
/// deployment, which is longer than unbonding: whoever disagrees can always leave first.
contract SubnetTimelock is TimelockController {
    uint256 public immutable leastDelay;

    error DelayTooShort(uint256 delay, uint256 leastDelay);

    /// @param leastDelay_ in seconds.
    constructor(
        uint256 leastDelay_,
        address[] memory proposers,
        address[] memory executors,
        address admin
    ) TimelockController(leastDelay_, proposers, executors, admin) {
        leastDelay = leastDelay_;
    }

    function updateDelay(uint256 newDelay) public override {
        require(newDelay >= leastDelay, DelayTooShort(newDelay, leastDelay));
        super.updateDelay(newDelay);
    }
}
