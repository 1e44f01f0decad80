// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice The root that @openzeppelin/merkle-tree gives for the same leaves in the same order (sortLeaves off).
library MerkleRoot {
    /// @notice The double-hashed leaf, so that no inner node can pass for one.
    function leaf(uint64 epoch, uint8 role, uint32 uid, uint256 amount) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(abi.encode(epoch, role, uid, amount))));
    }

    /// @param leaves at least one.
    function compute(bytes32[] memory leaves) internal pure returns (bytes32) {
        uint256 n = leaves.length;
        bytes32[] memory tree = new bytes32[](2 * n - 1);
        for (uint256 i = 0; i < n; ++i) tree[2 * n - 2 - i] = leaves[i];
        for (uint256 i = n - 1; i > 0; --i) {
            tree[i - 1] = Hashes.commutativeKeccak256(tree[2 * i - 1], tree[2 * i]);
        }
        return tree[0];
    }
}
