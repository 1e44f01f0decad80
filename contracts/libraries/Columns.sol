// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Rules} from "../interfaces/IParams.sol";
import {Tally} from "../interfaces/ISettlement.sol";
import {BondLanes} from "./BondLanes.sol";
import {WeightRow} from "./WeightRow.sol";
import {YumaLanes} from "./YumaLanes.sol";

/// @notice What Yuma consensus decides of up to 256 miners, 16 at a time.
library Columns {
    uint256 internal constant CHUNK = 256;
    uint256 private constant PPM = 1_000_000;

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
        _open(sheet, tally, rules, rows, from, before);
        _locate(sheet, tally.digests, rows, from);
        for (uint256 first = 0; first < sheet.columns; first += 16) {
            _decideWord(sheet, tally, first, _load(sheet, 2 * first));
        }
    }

    function _open(
        Sheet memory sheet,
        Tally memory tally,
        Rules memory rules,
        bytes[] calldata rows,
        uint256 from,
        bytes calldata before
    ) private pure {
        uint256 seats = tally.uids.length;
        uint256 bytesMost = 0;
        for (uint256 i = 0; i < rows.length; ++i) {
            if (rows[i].length > from + bytesMost) bytesMost = rows[i].length - from;
        }
        sheet.columns = bytesMost / 2;
        if (sheet.columns > CHUNK) sheet.columns = CHUNK;
        uint256 stakeSum = 0;
        for (uint256 s = 0; s < seats; ++s) stakeSum += tally.stakes[s];
        sheet.majority = (stakeSum * rules.kappa + type(uint16).max - 1) / type(uint16).max;
        // 65535 stands for all of it, which a shift can only divide out of 65536.
        sheet.penalty = uint256(rules.bondsPenalty) + (rules.bondsPenalty >> 15);
        sheet.words = new uint256[](seats);
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
    function _locate(Sheet memory sheet, bytes24[] memory digests, bytes[] calldata rows, uint256 from) private pure {
        uint256 row = 0;
        sheet.starts = new uint256[](digests.length);
        sheet.ends = new uint256[](digests.length);
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
            (sheet.starts[s], sheet.ends[s]) = (start + from, start + weights.length);
            uint256 left = weights.length > from ? weights.length - from : 0;
            if (left < sheet.shortest) sheet.shortest = left;
        }
    }

    /// @dev The next 16 weights of every row, zero beyond its end.
    /// @return union all their bits.
    function _load(Sheet memory sheet, uint256 offset) private pure returns (uint256 union) {
        uint256[] memory words = sheet.words;
        uint256[] memory starts = sheet.starts;
        uint256[] memory ends = sheet.ends;
        bool whole = offset + 32 <= sheet.shortest;
        assembly ("memory-safe") {
            let target := add(words, 0x20)
            let start := add(starts, 0x20)
            let end := add(ends, 0x20)
            // Up to where all rows go on, no end needs to be looked at.
            if whole {
                for {
                    let last := add(target, shl(5, mload(words)))
                } lt(target, last) {} {
                    let word := calldataload(add(mload(start), offset))
                    mstore(target, word)
                    union := or(union, word)
                    target := add(target, 0x20)
                    start := add(start, 0x20)
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
                union := or(union, word)
                target := add(target, 0x20)
                start := add(start, 0x20)
                end := add(end, 0x20)
            }
        }
    }

    function _decideWord(Sheet memory sheet, Tally memory tally, uint256 first, uint256 union) private pure {
        uint256 consensus = YumaLanes.median(sheet.words, union, tally.stakes, sheet.majority);
        WeightRow.store(sheet.consensus, 2 * first, consensus);
        bool partially = sheet.keepsBonds && sheet.penalty < 65_536;
        if (partially) {
            for (uint256 s = 0; s < sheet.words.length; ++s) sheet.book.weights[s] = sheet.words[s];
            YumaLanes.penalise(sheet.book.weights, consensus, sheet.penalty);
        }
        (uint256 even, uint256 odd) = YumaLanes.clip(sheet.words, tally.stakes, consensus, tally.trusts);
        tally.rankSum += YumaLanes.sumWide(even) + YumaLanes.sumWide(odd);
        WeightRow.store(sheet.ranks, 4 * first, _interleave(even, odd, 4));
        if (4 * first + 32 < sheet.ranks.length) {
            WeightRow.store(sheet.ranks, 4 * first + 32, _interleave(even, odd, 0));
        }
        if (!sheet.keepsBonds) return;
        BondLanes.multiply(sheet.book, tally.stakes);
        (uint256 evenSums, uint256 oddSums) = partially
            ? YumaLanes.weigh(sheet.book.weights, tally.stakes)
            : (even, odd);
        uint256 lanes = sheet.columns - first;
        if (lanes > 16) lanes = 16;
        for (uint256 lane = 0; lane < lanes; ++lane) {
            (uint256 sums, uint256 ranks) = lane % 2 == 0 ? (evenSums, even) : (oddSums, odd);
            _average(sheet, first, lane, _wide(sums, lane / 2), _wide(ranks, lane / 2));
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

    /// @dev Four lanes of 32 bits of each, alternating, from lane 4 - `skip` on.
    function _interleave(uint256 even, uint256 odd, uint256 left) private pure returns (uint256 word) {
        unchecked {
            for (uint256 lane = 4 - left; lane < 8 - left; ++lane) {
                word = (word << 64) | (_wide(even, lane) << 32) | _wide(odd, lane);
            }
        }
    }

    function _wide(uint256 word, uint256 lane) private pure returns (uint256) {
        unchecked {
            return (word >> (224 - 32 * lane)) & type(uint32).max;
        }
    }
}
