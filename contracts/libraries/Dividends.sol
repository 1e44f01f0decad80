// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Tally} from "../interfaces/ISettlement.sol";

/// @notice What each seat's share of the validators' pool is measured by.
library Dividends {
    /// @dev Cut to 48 bits, so that the product with any amount of an ERC20Votes token, of 208 bits, fits a word.
    uint256 private constant CUT = 12;

    function bySeat(Tally memory tally) internal pure returns (uint256[] memory dividends) {
        uint256 seats = tally.uids.length;
        dividends = new uint256[](seats);
        // Without bonds, stake times trust: of all validators, the sum of ranks of all miners.
        bool bonds = tally.dividends.length > 0;
        for (uint256 s = 0; s < seats; ++s) {
            dividends[s] = bonds ? _ofBonds(tally, s) : tally.stakes[s] * tally.trusts[s];
        }
    }

    function _ofBonds(Tally memory tally, uint256 s) private pure returns (uint256) {
        uint256 lane = (s % 16) / 4;
        uint256 group = tally.dividends[4 * (s / 16) + (s % 4)];
        return uint64(group >> (64 * (3 - lane))) >> CUT;
    }
}
