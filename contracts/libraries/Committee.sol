// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Tally} from "../interfaces/ISettlement.sol";
import {WeightRow} from "./WeightRow.sol";

/// @notice Who decides an epoch: the validators with most stake, and where each sits.
library Committee {
    using Arrays for uint256[];

    /// @dev As many rows as one chunk can decide in one transaction. Whoever wants a seat must outbid the smallest
    /// stake that has one, so that a crowd of small validators costs a settlement gas but never a seat.
    uint256 internal constant SEATS = 64;
    uint256 internal constant EMPTY = type(uint32).max;

    /// @notice Takes in one validator, in uid order; of equal stakes the earlier uid stays.
    function admit(Tally memory tally, uint256 uid, uint256 stake, bytes24 digest) internal pure {
        uint256 size = tally.uids.length;
        if (size < SEATS) {
            _resize(tally, size + 1);
        } else {
            uint256 smallest = 0;
            for (uint256 i = 1; i < SEATS; ++i) {
                if (tally.stakes[i] <= tally.stakes[smallest]) smallest = i;
            }
            if (stake <= tally.stakes[smallest]) return;
            for (uint256 i = smallest + 1; i < SEATS; ++i) _set(tally, i - 1, tally.uids[i], tally.stakes[i], tally.digests[i]);
            --size;
        }
        _set(tally, size, uid, stake, digest);
    }

    /// @notice The committee's stake, before it is quantised.
    function stakeOf(Tally memory tally) internal pure returns (uint256 revealed, uint256 active) {
        (uint256[] memory stakes, bytes24[] memory digests) = (tally.stakes, tally.digests);
        for (uint256 i = 0; i < stakes.length; ++i) {
            uint256 stake = stakes.unsafeMemoryAccess(i);
            active += stake;
            if (digests[i] != 0) revealed += stake;
        }
    }

    /// @notice Replaces stakes by their parts of the revealed stake, of WeightRow.UNIT.
    function quantise(Tally memory tally, uint256 revealed) internal pure {
        (uint256[] memory stakes, bytes24[] memory digests) = (tally.stakes, tally.digests);
        for (uint256 s = 0; s < stakes.length; ++s) {
            stakes[s] = digests[s] == 0 ? 0 : (stakes.unsafeMemoryAccess(s) * WeightRow.UNIT) / revealed;
        }
    }

    /// @notice Gives everyone who had a seat the same seat again, and newcomers the lowest free ones in uid order.
    /// @param before uint32 per seat.
    /// @param unit the number of seats is made a multiple of it.
    /// @return kept per word of 16 seats before, all bits of the 16-bit lanes whose holder stayed.
    function seat(
        Tally memory tally,
        bytes calldata before,
        uint256 unit
    ) internal pure returns (uint256[] memory kept) {
        uint256 size = tally.uids.length;
        uint256 seats = before.length / 4;
        kept = new uint256[]((seats + 15) / 16);
        // By seat: position in uid order plus one.
        uint256[] memory holder = new uint256[](seats + size + unit);
        bool[] memory seated = new bool[](size);
        for (uint256 s = 0; s < seats; ++s) {
            uint256 position = _find(tally.uids, uint32(bytes4(before[4 * s:4 * s + 4])));
            if (position == size) continue;
            holder[s] = position + 1;
            seated[position] = true;
            kept[s / 16] |= uint256(type(uint16).max) << (240 - 16 * (s % 16));
        }
        uint256 free = 0;
        uint256 used = seats;
        for (uint256 position = 0; position < size; ++position) {
            if (seated[position]) continue;
            while (holder[free] != 0) ++free;
            holder[free] = position + 1;
            if (free >= used) used = free + 1;
        }
        while (used > 0 && holder[used - 1] == 0) --used;
        _arrange(tally, holder, ((used + unit - 1) / unit) * unit);
    }

    function _arrange(Tally memory tally, uint256[] memory holder, uint256 seats) private pure {
        uint256[] memory uids = new uint256[](seats);
        uint256[] memory stakes = new uint256[](seats);
        bytes24[] memory digests = new bytes24[](seats);
        for (uint256 s = 0; s < seats; ++s) {
            uids[s] = EMPTY;
            uint256 position = holder.unsafeMemoryAccess(s);
            if (position == 0) continue;
            --position;
            uids[s] = tally.uids.unsafeMemoryAccess(position);
            stakes[s] = tally.stakes.unsafeMemoryAccess(position);
            digests[s] = tally.digests[position];
        }
        (tally.uids, tally.stakes, tally.digests) = (uids, stakes, digests);
    }

    /// @dev Position of `uid` among ascending ones; their number if it is not there.
    function _find(uint256[] memory uids, uint256 uid) private pure returns (uint256) {
        uint256 low = 0;
        uint256 high = uids.length;
        // Positions in memory cannot overflow.
        unchecked {
            while (low < high) {
                uint256 middle = (low + high) >> 1;
                if (uids.unsafeMemoryAccess(middle) < uid) low = middle + 1;
                else high = middle;
            }
        }
        return low < uids.length && uids[low] == uid ? low : uids.length;
    }

    function _set(Tally memory tally, uint256 i, uint256 uid, uint256 stake, bytes24 digest) private pure {
        (tally.uids[i], tally.stakes[i], tally.digests[i]) = (uid, stake, digest);
    }

    /// @dev The arrays have room for SEATS entries from the start (see `reserve`).
    function _resize(Tally memory tally, uint256 size) private pure {
        (uint256[] memory uids, uint256[] memory stakes, bytes24[] memory digests) = (tally.uids, tally.stakes, tally.digests);
        assembly ("memory-safe") {
            mstore(uids, size)
            mstore(stakes, size)
            mstore(digests, size)
        }
    }

    /// @notice Makes room for SEATS entries and keeps those that are there.
    function reserve(Tally memory tally) internal pure {
        uint256 size = tally.uids.length;
        uint256[] memory uids = new uint256[](SEATS);
        uint256[] memory stakes = new uint256[](SEATS);
        bytes24[] memory digests = new bytes24[](SEATS);
        for (uint256 i = 0; i < size; ++i) {
            (uids[i], stakes[i], digests[i]) = (tally.uids[i], tally.stakes[i], tally.digests[i]);
        }
        (tally.uids, tally.stakes, tally.digests) = (uids, stakes, digests);
        _resize(tally, size);
    }
}
