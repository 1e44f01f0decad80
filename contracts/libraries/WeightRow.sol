// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IScoreBook} from "../interfaces/IScoreBook.sol";
import {YumaLanes} from "./YumaLanes.sol";

/// @notice A row of big-endian uint16 weights, read as words of 16 lanes.
library WeightRow {
    /// @dev A weight, and a whole row, is at most 15 bits, so that lanes can be compared in packed form.
    uint256 internal constant UNIT = 32_767;
    /// @dev Bytes of the 256 miners that are decided at once.
    uint256 internal constant SLICE = 512;
    uint256 private constant TOP_BITS = 0x8000800080008000800080008000800080008000800080008000800080008000;

    /// @notice Reverts unless the row has whole weights, at most `maxBytes` of them, each and in sum at most UNIT.
    function check(bytes calldata row, uint256 maxBytes) internal pure {
        require(row.length % 2 == 0, IScoreBook.RowOddLength(row.length));
        require(row.length <= maxBytes, IScoreBook.RowTooLong(row.length, maxBytes));
        if (_isWithinUnit(row)) return;
        // Once more, to say what is wrong with it.
        uint256 sum = 0;
        for (uint256 offset = 0; offset < row.length; offset += 32) {
            uint256 word = load(row, offset);
            require(word & TOP_BITS == 0, IScoreBook.WeightTooLarge(offset / 2, UNIT));
            sum += YumaLanes.sumLanes(word);
        }
        require(sum <= UNIT, IScoreBook.RowSumTooLarge(sum, UNIT));
    }

    /// @dev Whether each weight and all together are at most UNIT: 16 sums are kept, one in each lane. A weight, or a
    /// sum, beyond 15 bits shows in its lane's top bit before it could carry into the next lane.
    function _isWithinUnit(bytes calldata row) private pure returns (bool) {
        uint256 sums = 0;
        uint256 union = 0;
        assembly ("memory-safe") {
            let source := row.offset
            let end := add(source, row.length)
            for {
                let lastPair := sub(end, 0x3f)
            } slt(source, lastPair) {} {
                let word := calldataload(source)
                sums := add(sums, word)
                union := or(or(union, word), sums)
                word := calldataload(add(source, 0x20))
                sums := add(sums, word)
                union := or(or(union, word), sums)
                source := add(source, 0x40)
            }
            if slt(source, sub(end, 0x1f)) {
                let word := calldataload(source)
                sums := add(sums, word)
                union := or(or(union, word), sums)
                source := add(source, 0x20)
            }
            // The last weights begin a word; what follows them there is not the row's.
            let rest := shl(3, sub(add(source, 0x20), end))
            let last := shl(rest, shr(rest, calldataload(source)))
            sums := add(sums, last)
            union := or(or(union, last), sums)
        }
        return union & TOP_BITS == 0 && YumaLanes.sumLanes(sums) <= UNIT;
    }

    /// @notice Hash over the hashes of the row's slices, so that one slice can be shown without the others.
    function digest(bytes calldata row) internal pure returns (bytes32 hash) {
        // Beyond the free memory pointer: one slice, and behind it the hashes so far.
        assembly ("memory-safe") {
            let slice := mload(0x40)
            let hashes := add(slice, SLICE)
            let target := hashes
            let left := row.length
            for {
                let source := row.offset
            } left {} {
                let size := SLICE
                if lt(left, size) {
                    size := left
                }
                calldatacopy(slice, source, size)
                mstore(target, keccak256(slice, size))
                target := add(target, 0x20)
                source := add(source, size)
                left := sub(left, size)
            }
            hash := keccak256(hashes, sub(target, hashes))
        }
    }

    /// @notice Hash over the hashes of several rows' slices, zero for one that a row is too short for.
    function digestSlices(bytes[] calldata slices) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](slices.length);
        for (uint256 i = 0; i < slices.length; ++i) {
            if (slices[i].length > 0) hashes[i] = keccak256(slices[i]);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @notice The 16 weights from byte `offset` on, the first in the highest lane, zero beyond the row's end.
    function load(bytes calldata row, uint256 offset) internal pure returns (uint256 word) {
        if (offset >= row.length) return 0;
        assembly ("memory-safe") {
            word := calldataload(add(row.offset, offset))
        }
        uint256 left = row.length - offset;
        if (left < 32) word &= ~(type(uint256).max >> (8 * left));
    }

    /// @notice Writes 16 weights into `row` from byte `offset` on, as many as fit.
    function store(bytes memory row, uint256 offset, uint256 word) internal pure {
        uint256 left = row.length - offset;
        if (left < 32) word &= ~(type(uint256).max >> (8 * left));
        // Memory arrays are padded to whole words, and the padding is written as zero.
        assembly ("memory-safe") {
            mstore(add(add(row, 0x20), offset), word)
        }
    }
}
