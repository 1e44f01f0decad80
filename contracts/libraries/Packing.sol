// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Fixed-width big-endian arrays for events, where a word per value would cost 8 gas a byte.
library Packing {
    /// @param width bytes per value, 1 … 32; values must fit.
    function pack(uint256[] memory values, uint256 width) internal pure returns (bytes memory packed) {
        packed = new bytes(values.length * width);
        // Each store clears the rest of its word, so ascending order leaves zeros behind the last value: in the
        // array's own padding, or in free memory, which Solidity allows to be dirty.
        assembly ("memory-safe") {
            let source := add(values, 0x20)
            let target := add(packed, 0x20)
            let shift := sub(256, mul(8, width))
            let end := add(target, mload(packed))
            for {} lt(target, end) {} {
                mstore(target, shl(shift, mload(source)))
                source := add(source, 0x20)
                target := add(target, width)
            }
        }
    }
}
