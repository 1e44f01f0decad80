// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Tally} from "../interfaces/ISettlement.sol";
import {Role} from "../interfaces/IStakeRegistry.sol";
import {MerkleRoot} from "./MerkleRoot.sol";
import {Columns} from "./Columns.sol";

/// @notice What an epoch pays to whom, as a Merkle root: miners by uid, then validators by seat, rounded down, and
/// nobody for nothing.
library Payouts {
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
        uint256 most = dividends.length;
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) most += ranks[chunk].length / 4;
        bytes32[] memory leaves = new bytes32[](most);
        uint256 used = 0;
        for (uint256 chunk = 0; chunk < ranks.length; ++chunk) {
            (uint256 added, uint256 paid) = _payMiners(
                tally.epoch,
                ranks[chunk],
                chunk * Columns.CHUNK,
                Pool(minerPool, tally.rankSum),
                leaves,
                used
            );
            (used, total) = (used + added, total + paid);
        }
        uint256 sum = 0;
        for (uint256 s = 0; s < dividends.length; ++s) sum += dividends[s];
        for (uint256 s = 0; s < dividends.length; ++s) {
            uint256 amount = sum == 0 ? 0 : (validatorPool * dividends[s]) / sum;
            if (amount == 0) continue;
            leaves[used++] = MerkleRoot.leaf(tally.epoch, uint8(Role.Validator), uint32(tally.uids[s]), amount);
            total += amount;
        }
        if (used == 0) return (0, 0);
        assembly ("memory-safe") {
            mstore(leaves, used)
        }
        root = MerkleRoot.compute(leaves);
    }

    struct Pool {
        uint256 amount;
        uint256 parts;
    }

    /// @dev Amounts of at most 208 bits times ranks of 30: a product fits a word. `leaves` has room for all. A leaf is
    /// MerkleRoot.leaf, with what all share written once, beyond the free memory pointer.
    function _payMiners(
        uint64 epoch,
        bytes memory ranks,
        uint256 first,
        Pool memory pool,
        bytes32[] memory leaves,
        uint256 used
    ) private pure returns (uint256 added, uint256 paid) {
        (uint256 amountOfAll, uint256 parts) = (pool.amount, pool.parts);
        uint256 role = uint8(Role.Miner);
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore(preimage, epoch)
            mstore(add(preimage, 0x20), role)
            let begin := add(add(leaves, 0x20), shl(5, used))
            let target := begin
            let source := add(ranks, 0x20)
            for {
                let end := add(source, mload(ranks))
            } lt(source, end) {
                source := add(source, 4)
                first := add(first, 1)
            } {
                let amount := div(mul(amountOfAll, shr(224, mload(source))), parts)
                if amount {
                    mstore(add(preimage, 0x40), first)
                    mstore(add(preimage, 0x60), amount)
                    mstore(0x00, keccak256(preimage, 0x80))
                    mstore(target, keccak256(0x00, 0x20))
                    target := add(target, 0x20)
                    paid := add(paid, amount)
                }
            }
            added := shr(5, sub(target, begin))
        }
    }
}
