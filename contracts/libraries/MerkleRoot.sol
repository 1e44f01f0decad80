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
    function compute(bytes32[] memory leaves) internal pure returns (bytes32) {
        uint256 n = leaves.length;
        bytes32[] memory tree = new bytes32[](2 * n - 1);
        uint256 end;
        assembly ("memory-safe") {
            end := add(add(tree, 0x20), shl(5, mload(tree)))
        }
        for (uint256 i = 0; i < n; ++i) tree[2 * n - 2 - i] = leaves[i];
        return reduce(end, n);
    }

    /// @notice Hashes a tree up to its root, in place.
    /// @param end memory position behind the tree. Its leaves stand there in reverse, the first one last, and before
    /// them is room for n - 1 nodes.
    /// @param n at least one.
    function reduce(uint256 end, uint256 n) internal pure returns (bytes32 root) {
        // The children of node i are 2i + 1 and 2i + 2. A pair is hashed in ascending order.
        assembly ("memory-safe") {
            let target := sub(end, shl(5, n))
            let children := end
            for {
                let base := sub(add(target, 0x20), shl(5, n))
            } lt(base, target) {} {
                target := sub(target, 0x20)
                children := sub(children, 0x40)
                let a := mload(children)
                let b := mload(add(children, 0x20))
                let later := shl(5, gt(a, b))
                mstore(later, a)
                mstore(xor(later, 0x20), b)
                mstore(target, keccak256(0x00, 0x40))
            }
            root := mload(target)
        }
    }
}
