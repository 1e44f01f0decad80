// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Tally} from "../interfaces/ISettlement.sol";

/// @notice What each seat's share of the validators' pool is measured by.
library Dividends {
    using Arrays for uint256[];

    /// @dev Cut to 48 bits, so that the product with any amount of an ERC20Votes token, of 208 bits, fits a word.
    uint256 private constant CUT = 12;

    function bySeat(Tally memory tally) internal pure returns (uint256[] memory dividends) {
        uint256 seats = tally.uids.length;
        dividends = new uint256[](seats);
        // Without bonds, stake times trust: of all validators, the sum of ranks of all miners.
        bool bonds = tally.dividends.length > 0;
        for (uint256 s = 0; s < seats; ++s) {
            dividends[s] = bonds
                ? _ofBonds(tally.dividends, s)
                : tally.stakes.unsafeMemoryAccess(s) * tally.trusts.unsafeMemoryAccess(s);
        }
    }

    function _ofBonds(uint256[] memory groups, uint256 s) private pure returns (uint256) {
        // A seat's number is small, and its group is there.
        unchecked {
            uint256 lane = (s % 16) / 4;
            uint256 group = groups.unsafeMemoryAccess(4 * (s / 16) + (s % 4));
            return uint64(group >> (64 * (3 - lane))) >> CUT;
        }
    }
}
