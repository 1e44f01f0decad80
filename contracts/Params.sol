// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {IParams, Rules} from "./interfaces/IParams.sol";
import {RuleBounds} from "./libraries/RuleBounds.sol";

contract Params is IParams {
    /// @notice Acts for the voters: no vote can name another, and with it a shorter delay.
    address public immutable timelock;
    uint64 public immutable startBlock;
    uint64 public immutable epochBlocks;

    /// @notice No bond can be set above this: else a vote could shut out everyone but the largest holders.
    uint256 public immutable maxBond;

    /// @dev By `fromEpoch`, ascending.
    Rules[] private _versions;

    constructor(
        address timelock_,
        ERC20Capped token,
        uint64 startBlock_,
        uint64 epochBlocks_,
        Rules memory genesisRules
    ) {
        require(startBlock_ > block.number, StartBlockPassed(startBlock_, block.number));
        require(epochBlocks_ > 0, EpochBlocksZero());
        timelock = timelock_;
        startBlock = startBlock_;
        epochBlocks = epochBlocks_;
        maxBond = token.cap() / 100;
        _push(0, genesisRules);
    }

    function setRules(Rules calldata rules) external {
        require(msg.sender == timelock, NotTimelock(msg.sender, timelock));
        uint64 fromEpoch = currentEpoch() + 1;
        uint64 latest = _versions[_versions.length - 1].fromEpoch;
        require(rules.fromEpoch == latest, RulesReplaced(rules.fromEpoch, latest));
        if (latest == fromEpoch) _versions.pop();
        _push(fromEpoch, rules);
    }

    function currentEpoch() public view returns (uint64) {
        return block.number <= startBlock ? 0 : uint64((block.number - startBlock) / epochBlocks);
    }

    function latestRules() external view returns (Rules memory) {
        return _versions[_versions.length - 1];
    }

    function rulesAt(uint64 epoch) external view returns (Rules memory) {
        return _at(epoch);
    }

    function emissionAt(uint64 epoch) external view returns (uint128 emissionPerEpoch, uint32 treasurySharePpm) {
        Rules storage rules = _at(epoch);
        return (rules.emissionPerEpoch, rules.treasurySharePpm);
    }

    function minimumStakes() external view returns (uint96 miner, uint96 validator) {
        Rules storage rules = _at(currentEpoch());
        return (rules.minMinerStake, rules.minValidatorStake);
    }

    function _at(uint64 epoch) private view returns (Rules storage) {
        // Newest first: almost every read is of the current rules.
        uint256 i = _versions.length - 1;
        while (_versions[i].fromEpoch > epoch) --i;
        return _versions[i];
    }

    function _push(uint64 fromEpoch, Rules memory rules) private {
        RuleBounds.check(rules, maxBond);
        rules.fromEpoch = fromEpoch;
        _versions.push(rules);
        emit RulesSet(fromEpoch, rules);
    }
}
