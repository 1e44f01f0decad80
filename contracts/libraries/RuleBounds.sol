// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IParams, Rules} from "../interfaces/IParams.sol";

/// @notice Bounds that no vote can leave. Outside them the subnet stops working or pays for nothing.
library RuleBounds {
    uint256 internal constant PPM = 1_000_000;

    /// @param maxBond in token units.
    function check(Rules memory r, uint256 maxBond) internal pure {
        // A group of one has no advantage to compute; above 64 a leaf no longer fits one dispute.
        _within("groupSize", r.groupSize, 2, 64);
        _within("maxGroups", r.maxGroups, 1, 4096);
        _within("auditFloor", r.auditFloor, 1, 4096);
        // Below a tenth of a percent of a large commitment, cheating in most of it goes unseen for days.
        _within("auditRatePpm", r.auditRatePpm, 1_000, PPM);
        // Below 4 positions a stale checkpoint's sketch may pass (shared design, protocol section 7).
        _within("sketchPositions", r.sketchPositions, 4, 1024);
        // A quarter to three quarters of 65535: outside, a small stake decides the median alone.
        _within("kappa", r.kappa, 16_384, 49_151);
        // Beyond 99 % a validator's dividends follow its work only after hundreds of epochs.
        _within("bondsMovingAveragePpm", r.bondsMovingAveragePpm, 0, 990_000);
        // Whoever is paid nothing leaves, and neither miners nor validators are of use alone.
        _within("minerSharePpm", r.minerSharePpm, PPM / 10, (PPM * 9) / 10);
        // What goes to the treasury is work that is not paid.
        _within("treasurySharePpm", r.treasurySharePpm, 0, 180_000);
        // Up to half of the stake, two disjoint quorums could exist; above 90 % any large validator could void
        // every epoch by staying away.
        _within("quorumPpm", r.quorumPpm, PPM / 2 + 1, (PPM * 9) / 10);
        _within("scoreBasePpm", r.scoreBasePpm, 0, 10 * PPM);
        _within("scoreCorrectnessPpm", r.scoreCorrectnessPpm, 0, 10 * PPM);
        _within("scoreReasoningPpm", r.scoreReasoningPpm, 0, 10 * PPM);
        _within("scoreSatisfactionPpm", r.scoreSatisfactionPpm, 0, 10 * PPM);
        _within("scoreSignalPpm", r.scoreSignalPpm, 0, 10 * PPM);
        uint256 coefficients = uint256(r.scoreBasePpm) +
            r.scoreCorrectnessPpm +
            r.scoreReasoningPpm +
            r.scoreSatisfactionPpm +
            r.scoreSignalPpm;
        _within("score coefficients", coefficients, 1, 50 * PPM);
        // An outage is no crime: at most a tenth. Below a thousandth, silence is worth it to the last to reveal.
        _within("nonRevealSlashPpm", r.nonRevealSlashPpm, PPM / 1000, PPM / 10);
        // Below a tenth, forging until somebody looks may pay.
        _within("faultSlashPpm", r.faultSlashPpm, PPM / 10, PPM);
        // A free identity makes sybils free.
        _within("minMinerStake", r.minMinerStake, 1, maxBond);
        _within("minValidatorStake", r.minValidatorStake, 1, maxBond);
        // Without emission nobody works, and nobody is left to set it again for.
        _within("emissionPerEpoch", r.emissionPerEpoch, 1, type(uint128).max);
    }

    function _within(string memory rule, uint256 value, uint256 min, uint256 max) private pure {
        require(value >= min && value <= max, IParams.RuleOutOfBounds(rule, value, min, max));
    }
}
