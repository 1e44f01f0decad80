// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The moving average of column-normalised bonds, for one miner and 4 validators at a time, each in a lane
/// of 64 bits. A word of stored bonds holds 16 validators in lanes of 16 bits; every fourth of them makes one group.
/// @dev A column's shares are fixed-point with 62 bits, so a column's sum never leaves a lane.
library BondLanes {
    uint256 internal constant ONE = 1 << 62;
    uint256 private constant GROUP = 0x000000000000ffff000000000000ffff000000000000ffff000000000000ffff;
    uint256 private constant HALVES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant PAIRS = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant SUM = 0x0000000100000001000000010000000100000001000000010000000100000001;

    /// @dev One chunk's work. Arrays are by validator and have a multiple of 16 entries.
    struct Book {
        /// @dev Bond weights of 16 miners per validator.
        uint256[] weights;
        /// @dev Quantised stake, moved to its validator's lane of 64 bits.
        uint256[] laneStakes;
        /// @dev By group: sums of share times rank, in lanes of 64 bits.
        uint256[] dividends;
        /// @dev By group: the shares of the column at hand.
        uint256[] shares;
        /// @dev By word of 16 validators before: which lanes still belong to their holder.
        uint256[] kept;
        /// @dev Share of new bonds in the average, of ONE.
        uint256 alpha;
    }

    /// @notice Moves each stake to where its validator's products belong.
    function laneStakes(uint256[] memory stakes) internal pure returns (uint256[] memory moved) {
        unchecked {
            moved = new uint256[](stakes.length);
            // Validator 4q + g of a word is in the lane q of its group g; lane 0 is the highest.
            for (uint256 i = 0; i < stakes.length; ++i) moved[i] = stakes[i] << (64 * (3 - ((i % 16) / 4)));
        }
    }

    /// @notice Averages one miner's column.
    /// @param lane the miner's lane in `book.weights`, 0 the highest.
    /// @param columnSum of stake times bond weight over validators.
    /// @param rank what the miner's bonds pay by.
    /// @param before calldata position of the column's words before; zero for a new column.
    /// @param target memory position of its words after, which must hold zeros.
    function average(
        Book memory book,
        uint256 lane,
        uint256 columnSum,
        uint256 rank,
        uint256 before,
        uint256 target
    ) internal pure {
        unchecked {
            uint256 sumBefore = before == 0 ? 0 : _sumKept(book.kept, before);
            if (columnSum == 0 && sumBefore == 0) return;
            // Where one of the two is empty, the average is the other, normalised.
            uint256 alpha = sumBefore == 0 ? ONE : columnSum == 0 ? 0 : book.alpha;
            uint256 fresh = columnSum == 0 ? 0 : alpha / columnSum;
            uint256 old = sumBefore == 0 ? 0 : (ONE - alpha) / sumBefore;
            uint256 all = _share(book, 240 - 16 * lane, fresh, old, before);
            if (rank > 0) _pay(book, rank);
            _store(book.shares, target, all);
        }
    }

    function _sumKept(uint256[] memory kept, uint256 before) private pure returns (uint256) {
        unchecked {
            uint256 wide = 0;
            for (uint256 i = 0; i < kept.length; ++i) {
                uint256 word = _load(before, i) & kept[i];
                wide += (word & PAIRS) + ((word >> 16) & PAIRS);
            }
            return (wide * SUM) >> 224;
        }
    }

    /// @return all the union of all shares' bits, in the lowest lane.
    function _share(
        Book memory book,
        uint256 shift,
        uint256 fresh,
        uint256 old,
        uint256 before
    ) private pure returns (uint256 all) {
        unchecked {
            uint256[] memory kept = book.kept;
            uint256 words = book.weights.length / 16;
            for (uint256 i = 0; i < words; ++i) {
                uint256 word = old == 0 || i >= kept.length ? 0 : _load(before, i) & kept[i];
                all |= _shareWord(book, i, shift, fresh, old, word);
            }
            all |= all >> 128;
            all = (all | (all >> 64)) & type(uint64).max;
        }
    }

    /// @dev The four groups of one word: share = fresh * stake * weight + old * bond.
    function _shareWord(
        Book memory book,
        uint256 index,
        uint256 shift,
        uint256 fresh,
        uint256 old,
        uint256 word
    ) private pure returns (uint256 all) {
        uint256[] memory weights = book.weights;
        uint256[] memory stakes = book.laneStakes;
        uint256[] memory shares = book.shares;
        assembly ("memory-safe") {
            function product(w, s, sh) -> p {
                p := mul(and(shr(sh, mload(w)), 0xffff), mload(s))
            }
            let w := add(add(weights, 0x20), shl(9, index))
            let s := add(add(stakes, 0x20), shl(9, index))
            let target := add(add(shares, 0x20), shl(7, index))
            for {
                let g := 48
            } lt(g, 64) {
                g := sub(g, 16)
            } {
                let d := product(w, s, shift)
                d := add(d, product(add(w, 0x80), add(s, 0x80), shift))
                d := add(d, product(add(w, 0x100), add(s, 0x100), shift))
                d := add(d, product(add(w, 0x180), add(s, 0x180), shift))
                let share := add(mul(d, fresh), mul(and(shr(g, word), GROUP), old))
                mstore(target, share)
                all := or(all, share)
                w := add(w, 0x20)
                s := add(s, 0x20)
                target := add(target, 0x20)
            }
        }
    }

    /// @dev Shares of 30 bits times ranks that sum to at most 30 bits.
    function _pay(Book memory book, uint256 rank) private pure {
        uint256[] memory shares = book.shares;
        uint256[] memory dividends = book.dividends;
        assembly ("memory-safe") {
            let share := add(shares, 0x20)
            let distance := sub(dividends, shares)
            let end := add(share, shl(5, mload(shares)))
            for {} lt(share, end) {
                share := add(share, 0x20)
            } {
                let dividend := add(share, distance)
                mstore(dividend, add(mload(dividend), mul(and(shr(32, mload(share)), HALVES), rank)))
            }
        }
    }

    /// @dev Cuts every share of the column by as many bits as leave the largest 16.
    function _store(uint256[] memory shares, uint256 target, uint256 all) private pure {
        assembly ("memory-safe") {
            let bits := sub(256, clz(all))
            let cut := mul(sub(bits, 16), gt(bits, 16))
            let share := add(shares, 0x20)
            let end := add(share, shl(5, mload(shares)))
            for {} lt(share, end) {
                share := add(share, 0x80)
            } {
                let word := shl(48, and(shr(cut, mload(share)), GROUP))
                word := or(word, shl(32, and(shr(cut, mload(add(share, 0x20))), GROUP)))
                word := or(word, shl(16, and(shr(cut, mload(add(share, 0x40))), GROUP)))
                word := or(word, and(shr(cut, mload(add(share, 0x60))), GROUP))
                mstore(target, word)
                target := add(target, 0x20)
            }
        }
    }

    function _load(uint256 before, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(before, shl(5, index)))
        }
    }
}
