// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Tally} from "../interfaces/ISettlement.sol";
import {Role} from "../interfaces/IStakeRegistry.sol";
import {MerkleRoot} from "./MerkleRoot.sol";
import {Columns} from "./Columns.sol";

/// @notice What an epoch pays to whom, as a Merkle root: miners by uid, then validators by seat, rounded down, and
/// nobody for nothing.
library Payouts {
    struct List {
        uint64 epoch;
        uint256 used;
        uint256 total;
        bytes32[] leaves;
    }

    /// @param ranks by chunk, uint32 per miner.
    /// @return root of the claims; zero when nobody earned anything.
    function rootOf(
        Tally memory tally,
        bytes[] memory ranks,
        uint256[] memory dividends,
        uint256 minerPool,
        uint256 validatorPool
    ) internal pure returns (bytes32 root, uint256 total) {
        uint256 most = dividends.length;
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) most += ranks[chunk].length / 4;
        List memory list = List(tally.epoch, 0, 0, new bytes32[](most));
        if (tally.rankSum == 0) return (0, 0);
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) {
            _payMiners(list, ranks[chunk], chunk * Columns.CHUNK, minerPool, tally.rankSum);
        }
        _payValidators(list, tally.uids, dividends, validatorPool);
        if (list.used == 0) return (0, 0);
        bytes32[] memory leaves = list.leaves;
        uint256 used = list.used;
        assembly ("memory-safe") {
            mstore(leaves, used)
        }
        return (MerkleRoot.compute(leaves), list.total);
    }

    function _payMiners(List memory list, bytes memory ranks, uint256 first, uint256 pool, uint256 sum) private pure {
        unchecked {
            uint256 count = ranks.length / 4;
            for (uint256 i = 0; i < count; ++i) {
                uint256 rank;
                assembly ("memory-safe") {
                    rank := shr(224, mload(add(add(ranks, 0x20), shl(2, i))))
                }
                _add(list, Role.Miner, first + i, (pool * rank) / sum);
            }
        }
    }

    function _payValidators(
        List memory list,
        uint256[] memory uids,
        uint256[] memory dividends,
        uint256 pool
    ) private pure {
        uint256 sum = 0;
        for (uint256 s = 0; s < uids.length; ++s) sum += dividends[s];
        if (sum == 0) return;
        for (uint256 s = 0; s < uids.length; ++s) {
            _add(list, Role.Validator, uids[s], (pool * dividends[s]) / sum);
        }
    }

    /// @dev Within the list's bounds by construction.
    function _add(List memory list, Role role, uint256 uid, uint256 amount) private pure {
        unchecked {
            if (amount == 0) return;
            list.total += amount;
            list.leaves[list.used++] = MerkleRoot.leaf(list.epoch, uint8(role), uint32(uid), amount);
        }
    }
}
