// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The root that @openzeppelin/merkle-tree gives for the same leaves in the same order (sortLeaves off).
library MerkleRoot {
    /// @notice keccak256(keccak256(abi.encode(…))): hashed twice, so that no inner node can pass for a leaf.
    function leaf(uint64 epoch, uint8 role, uint32 uid, uint256 amount) internal pure returns (bytes32 hash) {
        // Beyond the free memory pointer, so that a leaf leaves no garbage behind.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, epoch)
            mstore(add(free, 0x20), role)
            mstore(add(free, 0x40), uid)
            mstore(add(free, 0x60), amount)
            mstore(0x00, keccak256(free, 0x80))
            hash := keccak256(0x00, 0x20)
        }
    }

    /// @param leaves at least one.
    function compute(bytes32[] memory leaves) internal pure returns (bytes32 root) {
        uint256 n = leaves.length;
        bytes32[] memory tree = new bytes32[](2 * n - 1);
        // The children of node i are 2i + 1 and 2i + 2; leaves stand at the end, in reverse. A pair is hashed in
        // ascending order.
        assembly ("memory-safe") {
            let base := add(tree, 0x20)
            let target := add(base, shl(5, sub(mul(2, n), 2)))
            let source := add(leaves, 0x20)
            for {
                let end := add(source, shl(5, n))
            } lt(source, end) {} {
                mstore(target, mload(source))
                source := add(source, 0x20)
                target := sub(target, 0x20)
            }
            let children := add(base, shl(5, sub(mul(2, n), 3)))
            for {} lt(base, children) {} {
                let a := mload(children)
                let b := mload(add(children, 0x20))
                let later := gt(a, b)
                mstore(shl(5, later), a)
                mstore(shl(5, iszero(later)), b)
                mstore(target, keccak256(0x00, 0x40))
                target := sub(target, 0x20)
                children := sub(children, 0x40)
            }
            root := mload(base)
        }
    }
}
