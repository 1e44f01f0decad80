// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Yuma's consensus of one miner as its definition reads, with nothing packed and nothing clever.
library NaiveYuma {
    /// @notice Stake of those whose weight is at least `weight`.
    function support(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256 weight
    ) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < weights.length; ++i) {
            if (weights[i] >= weight) sum += stakes[i];
        }
    }

    /// @notice The largest weight that at least `majority` stake supports; only given weights can be it, and 0.
    function median(
        uint256[] memory weights,
        uint256[] memory stakes,
        uint256 majority
    ) internal pure returns (uint256 best) {
        for (uint256 i = 0; i < weights.length; ++i) {
            if (weights[i] > best && support(weights, stakes, weights[i]) >= majority) best = weights[i];
        }
    }

    /// @notice The stake that decides: kappa of the sum, rounded up.
    function majorityOf(uint256[] memory stakes, uint256 kappa) internal pure returns (uint256) {
        uint256 sum = 0;
        for (uint256 i = 0; i < stakes.length; ++i) sum += stakes[i];
        return (sum * kappa + 65_534) / 65_535;
    }
}
