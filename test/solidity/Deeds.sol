// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice What an actor may try.
enum Deed {
    Register,
    Stake,
    Unbond,
    Withdraw,
    Rotate,
    Decommission,
    Slash,
    SetRules,
    OpenWindow,
    CloseWindow,
    CommitRoot,
    SubmitBeacon,
    ProveFalseReward,
    ProveBadLeaf,
    ProveDuplicateGroup,
    ProveMissingGroup,
    CommitScores,
    Reveal,
    ProveNonReveal,
    ProveEquivocation,
    ProveFalseOpening,
    Settle,
    SettleInChunks,
    Claim,
    ClaimMany
}

/// @notice How often each deed was done and how often refused: a campaign in which no actor ever succeeds, or none is
/// ever refused, proves nothing. A refusal must be due, and have a name.
abstract contract Deeds is World {
    mapping(Deed => uint256) public done;
    mapping(Deed => uint256) public refused;

    function _did(Deed deed, bool allowed, string memory wrong) internal {
        require(allowed, wrong);
        ++done[deed];
    }

    function _couldNot(Deed deed, bool allowed, bytes memory reason, string memory wrong) internal {
        require(!allowed, wrong);
        _requireNamed(reason);
        ++refused[deed];
    }

    /// @dev What may happen once is tried again right after it happened.
    function _mustNotRepeat(address caller, address target, bytes memory data) internal {
        vm.prank(caller);
        (bool repeated, bytes memory reason) = target.call(data);
        require(!repeated, "what may happen once happened twice");
        _requireNamed(reason);
    }

    /// @dev A custom error, and neither a bare string nor a panic.
    function _requireNamed(bytes memory reason) internal pure {
        require(reason.length >= 4, "refused without a name");
        bytes4 name = bytes4(reason);
        require(name != bytes4(keccak256("Error(string)")), "refused with a bare string");
        require(name != bytes4(keccak256("Panic(uint256)")), "refused by a panic");
    }
}
