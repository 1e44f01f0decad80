// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Rules} from "../interfaces/IParams.sol";
import {Tally} from "../interfaces/ISettlement.sol";
import {BondLanes} from "./BondLanes.sol";
import {WeightRow} from "./WeightRow.sol";
import {YumaLanes} from "./YumaLanes.sol";

/// @notice What Yuma consensus decides of up to 256 miners, 16 at a time.
library Columns {
    using Arrays for uint256[];

    uint256 internal constant CHUNK = 256;
    uint256 private constant PPM = 1_000_000;
    uint256 private constant TOPS = 0x8000800080008000800080008000800080008000800080008000800080008000;
    uint256 private constant UNITS = 0x7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff7fff;
    uint256 private constant PAIRS = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
    uint256 private constant HALVES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;

    struct Sheet {
        /// @dev Miners of the chunk, and those of them that have bonds before.
        uint256 columns;
        uint256 columnsBefore;
        uint256 columnBytesBefore;
        /// @dev Calldata position of the bonds before.
        uint256 before;
        uint256 majority;
        /// @dev Of 65536.
        uint256 penalty;
        bool keepsBonds;
        /// @dev By seat, 16 weights.
        uint256[] words;
        /// @dev By seat, in 16 lanes: sum of the chunk's clipped weights.
        uint256[] trusts;
        uint256[] starts;
        uint256[] ends;
        /// @dev Bytes of the shortest row; 0 where a seat has none.
        uint256 shortest;
        BondLanes.Book book;
        bytes consensus;
        bytes ranks;
        bytes bonds;
    }

    /// @param rows by seat, of those that revealed.
    /// @param from byte of each row at which the chunk begins.
    /// @param before the chunk's bonds; empty for new miners and where the rules keep none.
    function decide(
        Tally memory tally,
        Rules memory rules,
        bytes[] calldata rows,
        uint256 from,
        bytes calldata before
    ) internal pure returns (Sheet memory sheet) {
        uint256 longest = _locate(sheet, tally.digests, rows, from);
        _open(sheet, tally, rules, Math.min(longest / 2, CHUNK), before);
        for (uint256 first = 0; first < sheet.columns; first += 16) {
            _decideWord(sheet, tally, first);
        }
        uint256[] memory trusts = tally.trusts;
        for (uint256 s = 0; s < trusts.length; ++s) trusts[s] += YumaLanes.sumLanes(sheet.trusts.unsafeMemoryAccess(s));
    }

    function _open(
        Sheet memory sheet,
        Tally memory tally,
        Rules memory rules,
        uint256 columns,
        bytes calldata before
    ) private pure {
        uint256 seats = tally.uids.length;
        sheet.columns = columns;
        uint256 stakeSum = 0;
        for (uint256 s = 0; s < seats; ++s) stakeSum += tally.stakes.unsafeMemoryAccess(s);
        sheet.majority = (stakeSum * rules.kappa + type(uint16).max - 1) / type(uint16).max;
        // 65535 stands for all of it, which a shift can only divide out of 65536.
        sheet.penalty = uint256(rules.bondsPenalty) + (rules.bondsPenalty >> 15);
        sheet.words = new uint256[](seats);
        sheet.trusts = new uint256[](seats);
        if (tally.dividends.length > 0) _openBonds(sheet, tally, rules, before);
        sheet.consensus = new bytes(2 * sheet.columns);
        sheet.ranks = new bytes(4 * sheet.columns);
    }

    function _openBonds(
        Sheet memory sheet,
        Tally memory tally,
        Rules memory rules,
        bytes calldata before
    ) private pure {
        uint256 seats = tally.uids.length;
        sheet.keepsBonds = true;
        sheet.columnBytesBefore = 32 * tally.kept.length;
        if (tally.kept.length > 0) sheet.columnsBefore = before.length / sheet.columnBytesBefore;
        if (sheet.columnsBefore > sheet.columns) sheet.columns = sheet.columnsBefore;
        uint256 position;
        assembly ("memory-safe") {
            position := before.offset
        }
        sheet.before = position;
        sheet.bonds = new bytes(sheet.columns * seats * 2);
        BondLanes.Book memory book = sheet.book;
        book.weights = sheet.penalty == 65_536 ? sheet.words : new uint256[](seats);
        book.products = new uint256[](4 * seats);
        book.dividends = tally.dividends;
        book.shares = new uint256[](seats / 4);
        // Seats that there were none of before have no bonds before.
        book.kept = new uint256[](seats / 16);
        for (uint256 i = 0; i < tally.kept.length && i < seats / 16; ++i) book.kept[i] = tally.kept[i];
        book.alpha = (BondLanes.ONE * (PPM - rules.bondsMovingAveragePpm)) / PPM;
    }

    /// @dev Where each seat's row begins and ends in calldata; nowhere for one without.
    /// @return longest bytes of the longest row from `from` on.
    function _locate(
        Sheet memory sheet,
        bytes24[] memory digests,
        bytes[] calldata rows,
        uint256 from
    ) private pure returns (uint256 longest) {
        uint256 row = 0;
        (uint256[] memory starts, uint256[] memory ends) = (new uint256[](digests.length), new uint256[](digests.length));
        (sheet.starts, sheet.ends) = (starts, ends);
        sheet.shortest = type(uint256).max;
        for (uint256 s = 0; s < digests.length; ++s) {
            if (digests[s] == 0) {
                sheet.shortest = 0;
                continue;
            }
            bytes calldata weights = rows[row++];
            uint256 start;
            assembly ("memory-safe") {
                start := weights.offset
            }
            (starts[s], ends[s]) = (start + from, start + weights.length);
            uint256 left = weights.length > from ? weights.length - from : 0;
            if (left < sheet.shortest) sheet.shortest = left;
            if (left > longest) longest = left;
        }
    }

    /// @dev The next 16 weights of every row, zero beyond its end.
    /// @return low per lane, the smallest weight of any row.
    /// @return high per lane, the largest.
    function _load(Sheet memory sheet, uint256 offset) private pure returns (uint256 low, uint256 high) {
        uint256[] memory words = sheet.words;
        uint256[] memory starts = sheet.starts;
        uint256[] memory ends = sheet.ends;
        bool whole = offset + 32 <= sheet.shortest;
        // Two lanes are compared as in YumaLanes.clip: `excess` is a - b where a is larger, else zero.
        assembly ("memory-safe") {
            let target := add(words, 0x20)
            let start := add(starts, 0x20)
            let end := add(ends, 0x20)
            low := UNITS
            // Up to where all rows go on, no end needs to be looked at; of each two, only the smaller can be the
            // smallest and only the larger the largest.
            if whole {
                for {
                    let last := add(target, shl(5, mload(words)))
                } lt(target, last) {} {
                    let smaller := calldataload(add(mload(start), offset))
                    mstore(target, smaller)
                    let larger := calldataload(add(mload(add(start, 0x20)), offset))
                    mstore(add(target, 0x20), larger)
                    target := add(target, 0x40)
                    start := add(start, 0x40)
                    let excess := sub(or(smaller, TOPS), larger)
                    let tops := and(excess, TOPS)
                    excess := and(excess, sub(tops, shr(15, tops)))
                    smaller := sub(smaller, excess)
                    larger := add(larger, excess)
                    excess := sub(or(low, TOPS), smaller)
                    tops := and(excess, TOPS)
                    low := sub(low, and(excess, sub(tops, shr(15, tops))))
                    excess := sub(or(larger, TOPS), high)
                    tops := and(excess, TOPS)
                    high := add(high, and(excess, sub(tops, shr(15, tops))))
                }
            }
            for {
                let last := add(add(words, 0x20), shl(5, mload(words)))
            } lt(target, last) {} {
                let position := add(mload(start), offset)
                let left := sub(mload(end), position)
                let word := 0
                if sgt(left, 0) {
                    word := calldataload(position)
                    if lt(left, 0x20) {
                        word := and(word, not(shr(shl(3, left), not(0))))
                    }
                }
                mstore(target, word)
                // A seat without a row has no say.
                if mload(end) {
                    let excess := sub(or(low, TOPS), word)
                    let tops := and(excess, TOPS)
                    low := sub(low, and(excess, sub(tops, shr(15, tops))))
                    excess := sub(or(word, TOPS), high)
                    tops := and(excess, TOPS)
                    high := add(high, and(excess, sub(tops, shr(15, tops))))
                }
                target := add(target, 0x20)
                start := add(start, 0x20)
                end := add(end, 0x20)
            }
        }
    }

    function _decideWord(Sheet memory sheet, Tally memory tally, uint256 first) private pure {
        (uint256 low, uint256 high) = _load(sheet, 2 * first);
        uint256 consensus = YumaLanes.median(sheet.words, low, high, tally.stakes, sheet.majority);
        WeightRow.store(sheet.consensus, 2 * first, consensus);
        bool partially = sheet.keepsBonds && sheet.penalty < 65_536;
        if (partially) {
            for (uint256 s = 0; s < sheet.words.length; ++s) sheet.book.weights[s] = sheet.words[s];
            YumaLanes.penalise(sheet.book.weights, consensus, sheet.penalty);
        }
        (uint256 even, uint256 odd) = YumaLanes.clip(sheet.words, tally.stakes, consensus, sheet.trusts);
        tally.rankSum += YumaLanes.sumWide(even) + YumaLanes.sumWide(odd);
        WeightRow.store(sheet.ranks, 4 * first, _interleave(even >> 128, odd >> 128));
        if (4 * first + 32 < sheet.ranks.length) {
            WeightRow.store(sheet.ranks, 4 * first + 32, _interleave(even, odd));
        }
        if (!sheet.keepsBonds) return;
        BondLanes.multiply(sheet.book, tally.stakes);
        (uint256 evenSums, uint256 oddSums) = partially
            ? YumaLanes.weigh(sheet.book.weights, tally.stakes)
            : (even, odd);
        uint256 lanes = sheet.columns - first;
        if (lanes > 16) lanes = 16;
        // Of at most 16.
        unchecked {
            for (uint256 lane = 0; lane < lanes; ++lane) {
                (uint256 sums, uint256 ranks) = lane & 1 == 0 ? (evenSums, even) : (oddSums, odd);
                _average(sheet, first, lane, _wide(sums, lane >> 1), _wide(ranks, lane >> 1));
            }
        }
    }

    function _average(Sheet memory sheet, uint256 first, uint256 lane, uint256 sum, uint256 rank) private pure {
        unchecked {
            uint256 column = first + lane;
            bytes memory bonds = sheet.bonds;
            uint256 target;
            assembly ("memory-safe") {
                target := add(bonds, 0x20)
            }
            target += column * sheet.words.length * 2;
            uint256 before = column < sheet.columnsBefore ? sheet.before + column * sheet.columnBytesBefore : 0;
            BondLanes.average(sheet.book, lane, sum, rank, before, target);
        }
    }

    /// @dev The lower four lanes of 32 bits of each, alternating.
    function _interleave(uint256 even, uint256 odd) private pure returns (uint256) {
        return (_spread(even) << 32) | _spread(odd);
    }

    /// @dev The lower four lanes of 32 bits, each in one of 64.
    function _spread(uint256 word) private pure returns (uint256) {
        word = ((word << 64) | uint64(word)) & PAIRS;
        return (word | (word << 32)) & HALVES;
    }

    function _wide(uint256 word, uint256 lane) private pure returns (uint256) {
        unchecked {
            return (word >> (224 - 32 * lane)) & type(uint32).max;
        }
    }
}
