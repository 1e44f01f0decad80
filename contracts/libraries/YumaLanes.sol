// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The clipped stake-weighted median of Yuma consensus for 16 miners at a time, one per uint16 lane.
/// @dev Needs weights of at most 15 bits and stakes that sum to at most 32767: then no lane ever carries into
/// the next, and the top bit of a lane is free to hold a comparison.
library YumaLanes {
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;
    uint256 private constant TOPS = 0x8000800080008000800080008000800080008000800080008000800080008000;
    uint256 private constant WIDE = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;

    /// @notice Per lane, the largest weight w such that validators with at least `majority` stake gave >= w.
    /// @param weights one word per validator.
    /// @param stakes quantised stake per validator, in the same order.
    /// @param majority 1 … 32767, in quantised stake.
    function median(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256 majority
    ) internal pure returns (uint256 consensus) {
        unchecked {
            uint256 needed = majority * ONES;
            // Bisection from the highest bit: keep a bit where enough stake is still at or above it.
            for (uint256 bit = 1 << 14; bit > 0; bit >>= 1) {
                uint256 trial = consensus | (bit * ONES);
                uint256 support = _support(weights, stakes, trial);
                consensus |= (_atLeast(support, needed) >> 15) * bit;
            }
        }
    }

    /// @notice Per lane, the smaller of the two.
    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            uint256 tops = _atLeast(a, b);
            uint256 keepB = tops - (tops >> 15);
            return (b & keepB) | (a & ~keepB);
        }
    }

    /// @notice Sums stake times weight over validators into ranks[first …], as many miners as `ranks` has.
    /// @return total the sum over the 16 lanes.
    function addRanks(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256[] memory ranks,
        uint256 first
    ) internal pure returns (uint256 total) {
        unchecked {
            // Products need 30 bits: lanes 0, 2, … and lanes 1, 3, … each in 8 lanes of 32 bits.
            uint256 even = 0;
            uint256 odd = 0;
            for (uint256 i = 0; i < weights.length; ++i) {
                even += ((weights[i] >> 16) & WIDE) * stakes[i];
                odd += (weights[i] & WIDE) * stakes[i];
            }
            uint256 count = ranks.length - first;
            if (count > 16) count = 16;
            for (uint256 lane = 0; lane < count; ++lane) {
                uint256 pair = lane % 2 == 0 ? even : odd;
                uint256 rank = (pair >> (224 - 32 * (lane / 2))) & type(uint32).max;
                ranks[first + lane] = rank;
                total += rank;
            }
        }
    }

    /// @dev Per lane, the stake of those whose weight is at least `trial`. The inner loop of a settlement, run
    /// 15 times per validator and word: bounds checks would more than double its cost.
    function _support(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256 trial
    ) private pure returns (uint256 support) {
        assembly ("memory-safe") {
            let size := mul(mload(weights), 0x20)
            for {
                let i := 0x20
            } iszero(gt(i, size)) {
                i := add(i, 0x20)
            } {
                let reached := and(sub(or(mload(add(weights, i)), TOPS), trial), TOPS)
                support := add(support, mul(shr(15, reached), mload(add(stakes, i))))
            }
        }
    }

    /// @dev Per lane, the top bit where a >= b; both at most 15 bits.
    function _atLeast(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            return ((a | TOPS) - b) & TOPS;
        }
    }
}
