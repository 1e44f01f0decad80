// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";

struct Payout {
    Role role;
    uint32 uid;
    uint256 amount;
}

/// @notice The Merkle tree of an epoch's payouts, as anybody builds it off chain to claim.
library PayoutTree {
    function nodes(uint64 epoch, Payout[] memory payouts) internal pure returns (bytes32[] memory tree) {
        uint256 n = payouts.length;
        tree = new bytes32[](2 * n - 1);
        for (uint256 i = 0; i < n; ++i) {
            bytes memory leaf = abi.encode(epoch, payouts[i].role, payouts[i].uid, payouts[i].amount);
            tree[2 * n - 2 - i] = keccak256(bytes.concat(keccak256(leaf)));
        }
        for (uint256 i = n - 1; i > 0; --i) {
            (bytes32 a, bytes32 b) = (tree[2 * i - 1], tree[2 * i]);
            tree[i - 1] = a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
        }
    }

    function proof(bytes32[] memory tree, uint256 payout) internal pure returns (bytes32[] memory siblings) {
        uint256 leaf = tree.length - 1 - payout;
        uint256 depth = 0;
        for (uint256 node = leaf; node > 0; node = (node - 1) / 2) ++depth;
        siblings = new bytes32[](depth);
        uint256 used = 0;
        for (uint256 node = leaf; node > 0; node = (node - 1) / 2) {
            siblings[used++] = tree[node % 2 == 1 ? node + 1 : node - 1];
        }
    }
}
