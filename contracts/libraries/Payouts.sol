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
        /// @dev With room for everyone.
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
        if (tally.rankSum == 0) return (0, 0);
        List memory list;
        list.epoch = tally.epoch;
        list.leaves = new bytes32[](_most(ranks, dividends));
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) {
            _payMiners(list, ranks[chunk], chunk * Columns.CHUNK, minerPool, tally.rankSum);
        }
        _payValidators(list, tally.uids, dividends, validatorPool);
        if (list.used == 0) return (0, 0);
        (bytes32[] memory leaves, uint256 used) = (list.leaves, list.used);
        assembly ("memory-safe") {
            mstore(leaves, used)
        }
        return (MerkleRoot.compute(leaves), list.total);
    }

    function _most(bytes[] memory ranks, uint256[] memory dividends) private pure returns (uint256 most) {
        most = dividends.length;
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) most += ranks[chunk].length / 4;
    }

    /// @dev Amounts of at most 208 bits times ranks of 30: a product fits a word. A leaf is MerkleRoot.leaf, with what
    /// all share written once, beyond the free memory pointer.
    function _payMiners(
        List memory list,
        bytes memory ranks,
        uint256 uid,
        uint256 pool,
        uint256 parts
    ) private pure {
        (uint256 epoch, uint256 paid, uint256 used) = (list.epoch, list.total, list.used);
        bytes32[] memory leaves = list.leaves;
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, epoch)
            // Role.Miner
            mstore(add(preimage, 0x20), 0)
            leaves := add(leaves, 0x20)
            let target := add(leaves, shl(5, used))
            let source := add(ranks, 0x20)
            for {
                let end := add(source, mload(ranks))
            } lt(source, end) {
                source := add(source, 4)
                uid := add(uid, 1)
            } {
                let amount := div(mul(pool, shr(224, mload(source))), parts)
                if amount {
                    mstore(add(preimage, 0x40), uid)
                    mstore(add(preimage, 0x60), amount)
                    mstore(0x00, keccak256(preimage, 0x80))
                    mstore(target, keccak256(0x00, 0x20))
                    target := add(target, 0x20)
                    paid := add(paid, amount)
                }
            }
            used := shr(5, sub(target, leaves))
        }
        (list.total, list.used) = (paid, used);
    }

    function _payValidators(
        List memory list,
        uint256[] memory uids,
        uint256[] memory dividends,
        uint256 pool
    ) private pure {
        uint256 sum = 0;
        for (uint256 s = 0; s < uids.length; ++s) sum += dividends[s];
        for (uint256 s = 0; s < uids.length; ++s) {
            uint256 amount = sum == 0 ? 0 : (pool * dividends[s]) / sum;
            if (amount == 0) continue;
            list.total += amount;
            list.leaves[list.used++] = MerkleRoot.leaf(list.epoch, uint8(Role.Validator), uint32(uids[s]), amount);
        }
    }
}
