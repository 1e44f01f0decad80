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

    /// @dev One chunk's work. Arrays are by validator and have a multiple of 16 entries; "by group" means by 4
    /// validators in lanes of 64 bits, and word by word.
    struct Book {
        /// @dev Bond weights of 16 miners per validator.
        uint256[] weights;
        /// @dev Of 16 miners, by miner and group: stake times bond weight.
        uint256[] products;
        /// @dev By group: sums of share times rank.
        uint256[] dividends;
        /// @dev By group: the shares of the column at hand.
        uint256[] shares;
        /// @dev By word of 16 validators before: which lanes still belong to their holder.
        uint256[] kept;
        /// @dev Share of new bonds in the average, of ONE.
        uint256 alpha;
    }

    /// @notice Multiplies the weights of 16 miners with the stakes and turns rows into columns.
    function multiply(Book memory book, uint256[] memory stakes) internal pure {
        unchecked {
            (uint256[] memory weights, uint256[] memory products) = (book.weights, book.products);
            uint256 groups = weights.length / 4;
            for (uint256 group = 0; group < groups; ++group) {
                // Validators 16 · word + 4q + (group % 4), q = 0 … 3.
                _multiplyGroup(weights, stakes, products, 16 * (group / 4) + (group % 4), group);
            }
        }
    }

    /// @dev A lane of 64 bits holds the products of two miners, 32 bits each: a square of four validators by four such
    /// pairs is transposed, and the pairs then parted.
    function _multiplyGroup(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256[] memory products,
        uint256 validator,
        uint256 group
    ) private pure {
        assembly ("memory-safe") {
            // Half of a square: x and y hold two columns each, which change places where `t` says.
            function part(x, y, target, stride) {
                let t := and(xor(shr(64, y), x), 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff)
                x := xor(x, t)
                y := xor(y, shl(64, t))
                mstore(target, and(shr(32, x), HALVES))
                target := add(target, shl(1, stride))
                mstore(target, and(x, HALVES))
                target := add(target, shl(1, stride))
                mstore(target, and(shr(32, y), HALVES))
                mstore(add(target, shl(1, stride)), and(y, HALVES))
            }
            // From one miner to the next.
            let stride := shl(3, mload(weights))
            let target := add(add(products, 0x20), shl(5, group))
            let w := add(add(weights, 0x20), shl(5, validator))
            let s := add(add(stakes, 0x20), shl(5, validator))
            // Even lanes of the weights, then odd ones: the first and every second miner, then the others.
            for {
                let shift := 16
            } lt(shift, 17) {
                shift := sub(shift, 16)
            } {
                let a := mul(and(shr(shift, mload(w)), PAIRS), mload(s))
                let b := mul(and(shr(shift, mload(add(w, 0x80))), PAIRS), mload(add(s, 0x80)))
                let c := mul(and(shr(shift, mload(add(w, 0x100))), PAIRS), mload(add(s, 0x100)))
                let d := mul(and(shr(shift, mload(add(w, 0x180))), PAIRS), mload(add(s, 0x180)))
                part(
                    or(shl(128, shr(128, a)), shr(128, c)),
                    or(shl(128, shr(128, b)), shr(128, d)),
                    target,
                    stride
                )
                part(
                    or(shl(128, a), shr(128, shl(128, c))),
                    or(shl(128, b), shr(128, shl(128, d))),
                    add(target, shl(3, stride)),
                    stride
                )
                target := add(target, stride)
            }
        }
    }

    /// @notice Averages one miner's column.
    /// @param lane the miner's lane in `book.weights`, 0 the highest; after `multiply`.
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
            uint256 all = _share(book, _products(book, lane), fresh, old, rank, before);
            _store(book.shares, target, all);
        }
    }

    /// @dev Memory position of a miner's products.
    function _products(Book memory book, uint256 lane) private pure returns (uint256 position) {
        uint256[] memory products = book.products;
        uint256 offset = lane * book.weights.length * 8;
        assembly ("memory-safe") {
            position := add(add(products, 0x20), offset)
        }
    }

    function _sumKept(uint256[] memory kept, uint256 before) private pure returns (uint256 sum) {
        assembly ("memory-safe") {
            let lanes := add(kept, 0x20)
            for {
                let end := add(lanes, shl(5, mload(kept)))
            } lt(lanes, end) {
                lanes := add(lanes, 0x20)
                before := add(before, 0x20)
            } {
                let word := and(calldataload(before), mload(lanes))
                sum := add(add(and(word, PAIRS), and(shr(16, word), PAIRS)), sum)
            }
            sum := shr(224, mul(sum, SUM))
        }
    }

    /// @dev share = fresh * product + old * bond, and its part of the dividends: shares of 30 bits times ranks that sum
    /// to at most 30 bits.
    /// @return all the union of all shares' bits, in the lowest lane.
    function _share(
        Book memory book,
        uint256 product,
        uint256 fresh,
        uint256 old,
        uint256 rank,
        uint256 before
    ) private pure returns (uint256 all) {
        uint256[] memory shares = book.shares;
        uint256[] memory dividends = book.dividends;
        uint256[] memory kept = book.kept;
        assembly ("memory-safe") {
            let target := add(shares, 0x20)
            let distance := sub(dividends, shares)
            for {
                let end := add(target, shl(5, mload(shares)))
            } lt(target, end) {} {
                kept := add(kept, 0x20)
                // Without bonds before, whatever stands there counts nothing: `old` is zero.
                let word := and(calldataload(before), mload(kept))
                before := add(before, 0x20)
                let dividend := add(target, distance)
                let share := add(mul(mload(product), fresh), mul(and(shr(48, word), GROUP), old))
                mstore(target, share)
                all := or(all, share)
                share := mul(and(shr(32, share), HALVES), rank)
                mstore(dividend, add(mload(dividend), share))
                share := add(mul(mload(add(product, 0x20)), fresh), mul(and(shr(32, word), GROUP), old))
                mstore(add(target, 0x20), share)
                all := or(all, share)
                share := mul(and(shr(32, share), HALVES), rank)
                mstore(add(dividend, 0x20), add(mload(add(dividend, 0x20)), share))
                share := add(mul(mload(add(product, 0x40)), fresh), mul(and(shr(16, word), GROUP), old))
                mstore(add(target, 0x40), share)
                all := or(all, share)
                share := mul(and(shr(32, share), HALVES), rank)
                mstore(add(dividend, 0x40), add(mload(add(dividend, 0x40)), share))
                share := add(mul(mload(add(product, 0x60)), fresh), mul(and(word, GROUP), old))
                mstore(add(target, 0x60), share)
                all := or(all, share)
                share := mul(and(shr(32, share), HALVES), rank)
                mstore(add(dividend, 0x60), add(mload(add(dividend, 0x60)), share))
                product := add(product, 0x80)
                target := add(target, 0x80)
            }
            all := or(all, shr(128, all))
            all := and(or(all, shr(64, all)), 0xffffffffffffffff)
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
}
