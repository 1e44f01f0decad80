// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The price of an identity as a multiple of its floor: each registration raises it by an eighth, and
/// blocks halve it. Who wants many identities at once pays exponentially; who comes later pays the floor again.
library RegistrationPrice {
    /// @dev A multiple of one.
    uint256 internal constant UNIT = 1 << 24;
    uint256 private constant STEP_DIVISOR = 8;

    /// @notice The multiple after `elapsed` blocks, at least UNIT; linear between two halvings.
    function decay(uint256 multiple, uint256 elapsed, uint256 halvingBlocks) internal pure returns (uint256) {
        uint256 halvings = elapsed / halvingBlocks;
        if (halvings > 255) return UNIT;
        uint256 halved = multiple >> halvings;
        halved -= (halved * (elapsed % halvingBlocks)) / (2 * halvingBlocks);
        return halved > UNIT ? halved : UNIT;
    }

    /// @notice The multiple after one more registration; it stays at the most that a slot can hold.
    function raise(uint256 multiple) internal pure returns (uint56) {
        uint256 raised = multiple + multiple / STEP_DIVISOR;
        return raised > type(uint56).max ? type(uint56).max : uint56(raised);
    }

    /// @notice Rounds down; a multiple is at least one, so never below the floor.
    function priceDown(uint256 floor, uint256 multiple) internal pure returns (uint256) {
        return (floor * multiple) / UNIT;
    }
}
