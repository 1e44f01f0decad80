// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Tally} from "../interfaces/ISettlement.sol";
import {Role} from "../interfaces/IStakeRegistry.sol";
import {MerkleRoot} from "./MerkleRoot.sol";
import {Columns} from "./Columns.sol";

/// @notice What an epoch pays to whom, as a Merkle root: miners by uid, then validators by seat, rounded down, and
/// nobody for nothing.
library Payouts {
    using Arrays for uint256[];

    struct List {
        uint64 epoch;
        uint256 used;
        uint256 total;
        /// @dev Memory position behind the room for a tree of everyone: see MerkleRoot.reduce.
        uint256 end;
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
        List memory list = List(tally.epoch, 0, 0, _reserveTree(_most(ranks, dividends)));
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) {
            _payMiners(list, ranks[chunk], chunk * Columns.CHUNK, minerPool, tally.rankSum);
        }
        _payValidators(list, tally.uids, dividends, validatorPool);
        if (list.used == 0) return (0, 0);
        return (MerkleRoot.reduce(list.end, list.used), list.total);
    }

    function _reserveTree(uint256 leaves) private pure returns (uint256 end) {
        bytes32[] memory tree = new bytes32[](2 * leaves);
        assembly ("memory-safe") {
            end := add(add(tree, 0x20), shl(5, mload(tree)))
        }
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
        (uint256 epoch, uint256 paid, uint256 end) = (list.epoch, list.total, list.end);
        uint256 target = end - 32 * list.used;
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, epoch)
            // Role.Miner
            mstore(add(preimage, 0x20), 0)
            let uidAt := add(preimage, 0x40)
            let amountAt := add(preimage, 0x60)
            let source := add(ranks, 0x20)
            for {
                let last := add(source, mload(ranks))
            } lt(source, last) {
                source := add(source, 4)
                uid := add(uid, 1)
            } {
                let amount := div(mul(pool, shr(224, mload(source))), parts)
                if amount {
                    mstore(uidAt, uid)
                    mstore(amountAt, amount)
                    mstore(0x00, keccak256(preimage, 0x80))
                    target := sub(target, 0x20)
                    mstore(target, keccak256(0x00, 0x20))
                    paid := add(paid, amount)
                }
            }
        }
        (list.total, list.used) = (paid, (end - target) / 32);
    }

    function _payValidators(
        List memory list,
        uint256[] memory uids,
        uint256[] memory dividends,
        uint256 pool
    ) private pure {
        uint256 sum = 0;
        for (uint256 s = 0; s < dividends.length; ++s) sum += dividends.unsafeMemoryAccess(s);
        if (sum == 0) return;
        for (uint256 s = 0; s < uids.length; ++s) {
            uint256 amount = (pool * dividends.unsafeMemoryAccess(s)) / sum;
            if (amount == 0) continue;
            list.total += amount;
            bytes32 leaf = MerkleRoot.leaf(list.epoch, uint8(Role.Validator), uint32(uids.unsafeMemoryAccess(s)), amount);
            uint256 target = list.end - 32 * ++list.used;
            assembly ("memory-safe") {
                mstore(target, leaf)
            }
        }
    }
}
