// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Turns an epoch's revealed rows into payouts by Yuma consensus. Anyone may call it, and the result
/// does not depend on who does.
interface ISettlement {
    /// @notice Everything that is needed to rebuild every payout off chain, packed big-endian.
    /// @param validatorUids uint32 each: the revealed validators with enough stake, in uid order.
    /// @param stakes uint16 each: their stake, quantised to a sum of at most 32767.
    /// @param trusts uint16 each: sum of the validator's clipped weights.
    /// @param consensus uint16 per miner uid: the stake-weighted clipped median.
    /// @param ranks uint32 per miner uid: sum of stake times clipped weight; incentive is its share.
    event EpochSettled(
        uint64 indexed epoch,
        bytes32 root,
        uint256 minerPool,
        uint256 validatorPool,
        bytes validatorUids,
        bytes stakes,
        bytes trusts,
        bytes consensus,
        bytes ranks
    );
    /// @notice The epoch pays nobody and its emission rolls over.
    event EpochVoided(uint64 indexed epoch, uint256 revealedStake, uint256 activeStake);

    error RevealPhaseRunning(uint64 epoch, uint256 endBlock, uint256 currentBlock);
    error EpochAlreadySettled(uint64 epoch, uint64 nextEpoch);
    /// @notice Epochs with revealed rows settle in order, since each takes what the one before rolled over.
    error EpochOutOfOrder(uint64 epoch, uint64 nextEpoch);
    error RowMissing(uint32 validatorUid);
    error RowsExcess(uint256 given, uint256 revealed);
    error RowMismatch(uint32 validatorUid, bytes32 given, bytes32 revealed);

    /// @notice Settles `epoch`, and voids the epochs before it in which nobody revealed. An epoch that is not
    /// settled while its ballots are kept voids too.
    /// @param rows the rows of all validators that revealed for `epoch`, in uid order.
    function settle(uint64 epoch, bytes[] calldata rows) external;

    /// @notice The first epoch that is not settled.
    function nextEpoch() external view returns (uint64);
}
