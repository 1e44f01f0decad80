// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The clipped stake-weighted median of Yuma consensus for 16 miners at a time, one per uint16 lane.
/// @dev Needs weights of at most 15 bits and stakes that sum to at most 32767: then no lane ever carries into
/// the next, and the top bit of a lane is free to hold a comparison. Arrays have a multiple of 4 entries, so that
/// the inner loops take several at a time without asking.
library YumaLanes {
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;
    uint256 private constant TOPS = 0x8000800080008000800080008000800080008000800080008000800080008000;
    uint256 private constant WIDE = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    /// @dev Times this, the top lane is the sum of 8 lanes of 32 bits.
    uint256 private constant SUM = 0x0000000100000001000000010000000100000001000000010000000100000001;

    /// @notice Per lane, the largest weight w such that validators with at least `majority` stake gave >= w.
    /// @param weights one word per validator.
    /// @param stakes quantised stake per validator, in the same order.
    /// @param low per lane, at most the smallest weight with stake behind it.
    /// @param high per lane, at least the largest.
    /// @param majority 1 … the sum of stakes, so that the result is one of the weights with stake behind them.
    function median(
        uint256[] memory weights,
        uint256 low,
        uint256 high,
        uint256[] memory stakes,
        uint256 majority
    ) internal pure returns (uint256 consensus) {
        unchecked {
            uint256 needed = majority * ONES;
            // Bisection upwards from the smallest weight by as many bits as the widest range has, at most 15 passes: go
            // up by a bit where enough stake is still at or above that.
            uint256 bit = _highestBit(high - low);
            consensus = low;
            // Unless a lane could then leave its 15 bits: so from zero.
            if ((low + (bit << 1) * ONES) & TOPS != 0) (consensus, bit) = (0, _highestBit(high));
            for (; bit > 0; bit >>= 1) {
                uint256 reached = support(weights, stakes, consensus + bit * ONES);
                consensus += ((((reached | TOPS) - needed) & TOPS) >> 15) * bit;
            }
        }
    }

    /// @notice Per lane, the stake of those whose weight is at least `trial`. The inner loop of a settlement, so
    /// without bounds checks, calls and one loop step in eight.
    function support(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256 trial
    ) internal pure returns (uint256 sum) {
        assembly ("memory-safe") {
            let w := add(weights, 0x20)
            let s := add(stakes, 0x20)
            let end := add(w, shl(5, mload(weights)))
            // Added to a weight, it sets the lane's top bit where weight >= trial; moved down, that selects the stake.
            let rest := sub(TOPS, trial)
            if and(mload(weights), 4) {
                sum := add(mul(and(shr(15, add(mload(w), rest)), ONES), mload(s)), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x20)), rest)), ONES), mload(add(s, 0x20))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x40)), rest)), ONES), mload(add(s, 0x40))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x60)), rest)), ONES), mload(add(s, 0x60))), sum)
                w := add(w, 0x80)
                s := add(s, 0x80)
            }
            for {} lt(w, end) {} {
                sum := add(mul(and(shr(15, add(mload(w), rest)), ONES), mload(s)), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x20)), rest)), ONES), mload(add(s, 0x20))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x40)), rest)), ONES), mload(add(s, 0x40))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x60)), rest)), ONES), mload(add(s, 0x60))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0x80)), rest)), ONES), mload(add(s, 0x80))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0xa0)), rest)), ONES), mload(add(s, 0xa0))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0xc0)), rest)), ONES), mload(add(s, 0xc0))), sum)
                sum := add(mul(and(shr(15, add(mload(add(w, 0xe0)), rest)), ONES), mload(add(s, 0xe0))), sum)
                w := add(w, 0x100)
                s := add(s, 0x100)
            }
        }
    }

    /// @dev Of all lanes; zero for none.
    function _highestBit(uint256 all) private pure returns (uint256 bit) {
        assembly ("memory-safe") {
            all := or(all, shr(128, all))
            all := or(all, shr(64, all))
            all := or(all, shr(32, all))
            all := and(or(all, shr(16, all)), 0xffff)
            if all {
                bit := shl(sub(255, clz(all)), 1)
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

    /// @notice Replaces each weight by the smaller of itself and the consensus, and adds what is left of it to its
    /// row's trust, lane by lane.
    /// @param trusts 16 lanes per validator; what a row has in them never sums to more than the row.
    /// @return even see `weigh`, of what is left.
    /// @return odd see `weigh`, of what is left.
    function clip(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256 consensus,
        uint256[] memory trusts
    ) internal pure returns (uint256 even, uint256 odd) {
        assembly ("memory-safe") {
            let w := add(weights, 0x20)
            let s := add(stakes, 0x20)
            let trust := add(trusts, 0x20)
            let rest := sub(TOPS, consensus)
            let all := 0
            for {
                let end := add(w, shl(5, mload(weights)))
            } lt(w, end) {} {
                let weight := mload(w)
                // By how much it is above the consensus, with the lane's top bit set unless it is below.
                let excess := add(weight, rest)
                let above := and(excess, TOPS)
                weight := sub(weight, and(excess, sub(above, shr(15, above))))
                mstore(w, weight)
                w := add(w, 0x20)
                mstore(trust, add(mload(trust), weight))
                trust := add(trust, 0x20)
                let stake := mload(s)
                s := add(s, 0x20)
                odd := add(odd, mul(and(weight, WIDE), stake))
                all := add(all, mul(shr(16, weight), stake))
            }
            // All lanes but the last, moved down by one: the even ones are where they belong, the odd ones between.
            even := sub(all, shl(16, shr(32, odd)))
        }
    }

    /// @notice Replaces each weight by what `penalty` leaves of its excess over the consensus.
    /// @param penalty of 65536.
    function penalise(uint256[] memory weights, uint256 consensus, uint256 penalty) internal pure {
        unchecked {
            for (uint256 i = 0; i < weights.length; ++i) {
                uint256 excess = weights[i] - min(weights[i], consensus);
                uint256 even = ((((excess >> 16) & WIDE) * penalty) >> 16) & WIDE;
                uint256 odd = (((excess & WIDE) * penalty) >> 16) & WIDE;
                weights[i] -= (even << 16) | odd;
            }
        }
    }

    /// @notice Per miner, the sum over validators of stake times weight, at most 30 bits each.
    /// @return even lanes 0, 2, … as 8 lanes of 32 bits.
    /// @return odd lanes 1, 3, …
    function weigh(
        uint256[] memory weights,
        uint256[] memory stakes
    ) internal pure returns (uint256 even, uint256 odd) {
        assembly ("memory-safe") {
            let w := add(weights, 0x20)
            let distance := sub(stakes, weights)
            let end := add(w, shl(5, mload(weights)))
            for {} lt(w, end) {
                w := add(w, 0x20)
            } {
                let weight := mload(w)
                let stake := mload(add(w, distance))
                even := add(even, mul(and(shr(16, weight), WIDE), stake))
                odd := add(odd, mul(and(weight, WIDE), stake))
            }
        }
    }

    /// @notice Sum of 16 lanes.
    function sumLanes(uint256 word) internal pure returns (uint256) {
        unchecked {
            return (((word & WIDE) + ((word >> 16) & WIDE)) * SUM) >> 224;
        }
    }

    /// @notice Sum of 8 lanes of 32 bits, if it has 32 bits.
    function sumWide(uint256 word) internal pure returns (uint256) {
        unchecked {
            return (word * SUM) >> 224;
        }
    }

    /// @dev Per lane, the top bit where a >= b; both at most 15 bits.
    function _atLeast(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            return ((a | TOPS) - b) & TOPS;
        }
    }
}
