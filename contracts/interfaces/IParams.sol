// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Every rule that decides a reward. Shares are parts per million unless named otherwise.
/// @dev Ordered for three storage slots.
struct Rules {
    /// @notice Rollouts per group (per prompt).
    uint16 groupSize;
    /// @notice Most groups one miner may commit in one window.
    uint16 maxGroups;
    /// @notice Fewest groups audited per miner and window.
    uint16 auditFloor;
    /// @notice Positions per audited rollout whose sketch is recomputed.
    uint16 sketchPositions;
    /// @notice Consensus majority, of 65535 (Yuma's kappa).
    uint16 kappa;
    /// @notice How much of a validator's weight beyond consensus its bonds lose, of 65535.
    uint16 bondsPenalty;
    /// @notice Share of committed groups that are audited.
    uint32 auditRatePpm;
    /// @notice Share of an epoch's emission that goes to miners; validators get the rest.
    uint32 minerSharePpm;
    /// @notice Share of active stake that must reveal, or the epoch voids.
    uint32 quorumPpm;
    uint32 scoreBasePpm;
    uint32 scoreCorrectnessPpm;
    /// @notice Smallest bond of a miner, in token units.
    uint96 minMinerStake;
    /// @notice Smallest bond of a validator, in token units.
    uint96 minValidatorStake;
    /// @notice First epoch that these rules apply to. In `setRules`: that of the rules which these replace, so
    /// that a vote on one change cannot undo another that took effect meanwhile.
    uint64 fromEpoch;
    /// @notice Most tokens emitted per epoch, in token units, before roll-over. The vault's schedule, fixed at
    /// deployment, is never exceeded whatever stands here.
    uint128 emissionPerEpoch;
    uint32 scoreReasoningPpm;
    uint32 scoreSatisfactionPpm;
    uint32 scoreSignalPpm;
    /// @notice Share of an epoch's emission that goes to the treasury, before miners and validators.
    uint32 treasurySharePpm;
    /// @notice Share of its bonds that a validator carries into the next epoch; 0 keeps none.
    uint32 bondsMovingAveragePpm;
    /// @notice Share of its stake that a validator loses for scores that it committed and did not reveal.
    uint32 nonRevealSlashPpm;
    /// @notice Share of the stake that is lost for a fault that cannot happen by accident.
    uint32 faultSlashPpm;
}

/// @notice The reward rules by epoch. Changes apply from the next epoch; old epochs keep theirs for replay.
interface IParams {
    event RulesSet(uint64 indexed fromEpoch, Rules rules);

    /// @notice `value` of `rule` lies outside the bounds fixed at deployment, which no vote can change.
    error RuleOutOfBounds(string rule, uint256 value, uint256 min, uint256 max);
    /// @notice The rules were changed since the caller read them.
    error RulesReplaced(uint64 expectedFromEpoch, uint64 actualFromEpoch);
    error NotTimelock(address caller, address timelock);
    error StartBlockPassed(uint64 startBlock, uint256 currentBlock);
    error EpochBlocksZero();

    /// @notice Replaces all rules from the next epoch on. Restricted to the timelock.
    /// @param rules with the `fromEpoch` of the latest rules.
    function setRules(Rules calldata rules) external;

    /// @notice The rules as last set, which may still be of a coming epoch.
    function latestRules() external view returns (Rules memory);

    function startBlock() external view returns (uint64);

    function epochBlocks() external view returns (uint64);

    /// @notice The epoch of the current block; 0 before the start block.
    function currentEpoch() external view returns (uint64);

    /// @notice The rules of `epoch`: past, current, or as announced so far.
    function rulesAt(uint64 epoch) external view returns (Rules memory);

    /// @notice Of `rulesAt`, what the vault needs.
    function emissionAt(uint64 epoch) external view returns (uint128 emissionPerEpoch, uint32 treasurySharePpm);

    /// @notice The smallest bonds for registering now.
    function minimumStakes() external view returns (uint96 miner, uint96 validator);
}
