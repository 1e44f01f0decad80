// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {YumaLanes} from "../../contracts/libraries/YumaLanes.sol";
import {NaiveYuma} from "./NaiveYuma.sol";

/// @notice Sixteen medians at once against one after the other.
contract ConsensusTest {
    uint256 private constant UNIT = 32_767;

    struct Panel {
        /// @dev weights[miner][validator]
        uint256[][] weights;
        uint256[] stakes;
        uint256 majority;
    }

    function testFuzz_everyLaneIsTheMedianOfItsMiner(uint256 seed, uint8 size, uint16 kappa) external pure {
        Panel memory panel = _panel(seed, size, kappa);
        uint256 word = _median(panel);
        for (uint256 m = 0; m < 16; ++m) {
            uint256 consensus = _lane(word, m);
            uint256 reached = NaiveYuma.support(panel.weights[m], panel.stakes, consensus);
            uint256 above = NaiveYuma.support(panel.weights[m], panel.stakes, consensus + 1);
            require(reached >= panel.majority && above < panel.majority, "not where the stake tips");
            uint256 naive = NaiveYuma.median(panel.weights[m], panel.stakes, panel.majority);
            require(consensus == naive, "not the median");
        }
    }

    function testFuzz_theOrderOfRowsIsNothing(uint256 seed, uint8 size, uint16 kappa) external pure {
        Panel memory panel = _panel(seed, size, kappa);
        uint256 word = _median(panel);
        uint256 count = panel.stakes.length;
        for (uint256 i = count - 1; i > 0; --i) {
            uint256 j = _mix(seed, i) % (i + 1);
            (panel.stakes[i], panel.stakes[j]) = (panel.stakes[j], panel.stakes[i]);
            for (uint256 m = 0; m < 16; ++m) {
                uint256[] memory w = panel.weights[m];
                (w[i], w[j]) = (w[j], w[i]);
            }
        }
        require(_median(panel) == word, "another order, another consensus");
    }

    /// @dev Validator 0 lies, with less than kappa and less than 1 - kappa of the stake.
    function testFuzz_aMinorityCannotLeaveTheHonestRange(uint256 seed, uint8 size, uint16 kappa) external pure {
        Panel memory panel = _panel(seed, size < 2 ? 2 : size, kappa);
        uint256 honest = 0;
        for (uint256 i = 1; i < panel.stakes.length; ++i) honest += panel.stakes[i];
        if (honest == 0) return;
        uint256 k = _kappa(kappa);
        uint256 least = k < 65_535 - k ? k : 65_535 - k;
        // a / (a + honest) < least / 65535
        uint256 most = (least * honest) / (65_535 - least);
        if (panel.stakes[0] >= most) panel.stakes[0] = most > 0 ? (seed % most) : 0;
        panel.majority = NaiveYuma.majorityOf(panel.stakes, k);
        uint256 word = _median(panel);
        for (uint256 m = 0; m < 16; ++m) {
            (uint256 low, uint256 high) = _honestRange(panel.weights[m], panel.stakes);
            require(_lane(word, m) >= low && _lane(word, m) <= high, "a minority moved the consensus");
        }
    }

    function testFuzz_clippingAndSumsAreThoseOfEachLane(uint256 seed, uint8 size, uint16 kappa) external pure {
        Panel memory panel = _panel(seed, size, kappa);
        uint256[] memory words = _pack(panel.weights);
        uint256[] memory trusts = new uint256[](words.length);
        uint256 word = _median(panel);
        (uint256 even, uint256 odd) = YumaLanes.clip(words, panel.stakes, word, trusts);
        for (uint256 m = 0; m < 16; ++m) {
            uint256 rank = 0;
            for (uint256 i = 0; i < words.length; ++i) {
                uint256 clipped = panel.weights[m][i] < _lane(word, m) ? panel.weights[m][i] : _lane(word, m);
                rank += panel.stakes[i] * clipped;
                require(_lane(trusts[i], m) == clipped, "another trust");
            }
            uint256 lanes = m % 2 == 0 ? even : odd;
            require(uint32(lanes >> (224 - 32 * (m / 2))) == rank, "another rank");
        }
    }

    function _honestRange(
        uint256[] memory weights,
        uint256[] memory stakes
    ) private pure returns (uint256 low, uint256 high) {
        low = type(uint256).max;
        for (uint256 i = 1; i < weights.length; ++i) {
            if (stakes[i] == 0) continue;
            if (weights[i] < low) low = weights[i];
            if (weights[i] > high) high = weights[i];
        }
    }

    /// @dev Up to 64 validators; few distinct weights, so that ties are common. In every other panel they almost agree on
    /// half of the miners, on weights of any size.
    function _panel(uint256 seed, uint8 size, uint16 kappa) private pure returns (Panel memory panel) {
        uint256 count = 4 * (1 + (size % 16));
        panel.stakes = new uint256[](count);
        uint256 share = UNIT / count;
        for (uint256 i = 0; i < count; ++i) {
            uint256 s = _mix(seed, 5_000 + i);
            panel.stakes[i] = s % 4 == 0 ? 0 : s % 3 == 0 ? share : (s >> 8) % (share + 1);
        }
        if (NaiveYuma.majorityOf(panel.stakes, 1) == 0) panel.stakes[0] = share;
        panel.weights = new uint256[][](16);
        bool agree = seed % 2 == 0;
        for (uint256 m = 0; m < 16; ++m) {
            panel.weights[m] = new uint256[](count);
            bool close = agree && m % 2 == 0;
            uint256 base = close ? _mix(seed, 6_000 + m) % (UNIT - 3) : 0;
            for (uint256 i = 0; i < count; ++i) {
                uint256 s = _mix(seed, m * 64 + i);
                panel.weights[m][i] = close || s % 2 == 0 ? base + ((s >> 8) % 4) : (s >> 8) % (UNIT / 16);
            }
        }
        panel.majority = NaiveYuma.majorityOf(panel.stakes, _kappa(kappa));
    }

    function _kappa(uint16 seed) private pure returns (uint256) {
        return 16_384 + (uint256(seed) % 32_768);
    }

    function _median(Panel memory panel) private pure returns (uint256) {
        uint256[] memory words = _pack(panel.weights);
        (uint256 low, uint256 high) = (0, 0);
        for (uint256 m = 0; m < 16; ++m) {
            (uint256 smallest, uint256 largest) = (UNIT, 0);
            for (uint256 i = 0; i < words.length; ++i) {
                uint256 weight = panel.weights[m][i];
                if (weight < smallest) smallest = weight;
                if (weight > largest) largest = weight;
            }
            (low, high) = ((low << 16) | smallest, (high << 16) | largest);
        }
        return YumaLanes.median(words, low, high, panel.stakes, panel.majority);
    }

    function _pack(uint256[][] memory weights) private pure returns (uint256[] memory words) {
        words = new uint256[](weights[0].length);
        for (uint256 i = 0; i < words.length; ++i) {
            for (uint256 m = 0; m < 16; ++m) words[i] = (words[i] << 16) | weights[m][i];
        }
    }

    function _lane(uint256 word, uint256 miner) private pure returns (uint256) {
        return uint16(word >> (240 - 16 * miner));
    }

    function _mix(uint256 seed, uint256 n) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, n)));
    }
}
