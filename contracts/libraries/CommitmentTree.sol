// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Commitment, CommitmentProof, Leaf} from "../interfaces/IDisputes.sol";

/// @notice What miners commit to, as RolloutLog chains it and shared/protocol/commitment.ts builds it.
library CommitmentTree {
    /// @notice Double-hashed, so that no inner node can pass for a leaf.
    function hash(Leaf memory leaf) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(leaf))));
    }

    /// @notice The root over the groups' own and sha256 of the stored bundle, double-hashed as a leaf is.
    function seal(bytes32 groupsRoot, bytes32 bundleHash) internal pure returns (bytes32) {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(bundleHash))));
        return Hashes.commutativeKeccak256(groupsRoot, leaf);
    }

    /// @notice The chain digest after the given commitments.
    function fold(CommitmentProof calldata proof) internal pure returns (bytes32 chain) {
        chain = proof.chainBefore;
        for (uint256 i = 0; i < proof.commitments.length; ++i) {
            chain = next(chain, proof.commitments[i]);
        }
    }

    /// @notice 24 bytes of digest, then the window plus one.
    function next(bytes32 chain, Commitment memory c) internal pure returns (bytes32) {
        bytes32 digest = keccak256(abi.encode(chain, c.window, c.root, c.groups, c.blockNumber));
        return ((digest >> 64) << 64) | bytes32(uint256(c.window) + 1);
    }
}
