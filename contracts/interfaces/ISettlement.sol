// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A settlement under way. Arrays by seat have one entry for each seat of the committee.
struct Tally {
    uint64 epoch;
    /// @notice How many validators there are to look at, and how many were, from uid 0 on.
    uint32 validators;
    uint32 scanned;
    /// @notice Whether the committee is complete and has its seats. Before, it is in uid order.
    bool seated;
    /// @notice Of the committee, in token units.
    uint256 revealedStake;
    uint256 activeStake;
    /// @notice Sum of all ranks so far.
    uint256 rankSum;
    /// @notice By seat: the validator's uid; type(uint32).max for an empty seat.
    uint256[] uids;
    /// @notice By seat: token units; once seated the revealed part of them, quantised to a sum of at most 32767.
    uint256[] stakes;
    /// @notice By seat: digest of the revealed row, or zero.
    bytes24[] digests;
    /// @notice By seat: sum of clipped weights so far.
    uint256[] trusts;
    /// @notice By 4 seats of the same 16: sums of bond times rank so far, as BondLanes keeps them; empty where the
    /// rules keep no bonds.
    uint256[] dividends;
    /// @notice By word of 16 seats of the bonds before: the seats whose holder still sits there.
    uint256[] kept;
    /// @notice By chunk: hash over the hashes of the rows' slices, in seat order.
    bytes32[] slices;
    /// @notice By chunk: hash of the bonds before, and so far of those after.
    bytes32[] bondsBefore;
    bytes32[] bondsAfter;
    /// @notice By chunk: hash of its ranks, so far.
    bytes32[] ranks;
}

/// @notice Turns an epoch's revealed rows into payouts by Yuma consensus. Anyone may call it, and the result
/// does not depend on who does, nor on whether it takes one transaction or many.
/// @dev A committee of the 64 validators with most stake decides. Miners are decided in chunks of 256 by uid.
/// Bonds are kept as a hash: the matrix is in the event of the epoch that made it, and is given back with the
/// next. One chunk of it holds, for each miner, a uint16 per seat, in words of 16 seats; a column has its own
/// scale, a power of two, since only its proportions count.
interface ISettlement {
    /// @notice With the epoch's ColumnsDecided, everything that is needed to rebuild every payout off chain,
    /// packed big-endian.
    /// @param validatorUids uint32 each: the committee by seat; type(uint32).max for an empty seat.
    /// @param stakes uint16 each: their revealed stake, quantised to a sum of at most 32767.
    /// @param trusts uint16 each: sum of the validator's clipped weights.
    /// @param dividends uint48 each: a validator's payout is its share of their sum.
    event EpochSettled(
        uint64 indexed epoch,
        bytes32 root,
        uint256 minerPool,
        uint256 validatorPool,
        bytes validatorUids,
        bytes stakes,
        bytes trusts,
        bytes dividends
    );
    /// @notice What was decided of miners 256 · chunk and after. Final once the epoch settles; emitted again,
    /// with the same content, where a chunked settlement was overtaken.
    /// @param consensus uint16 per miner: the stake-weighted clipped median.
    /// @param ranks uint32 per miner: sum of stake times clipped weight; incentive is its share.
    /// @param bonds empty where the epoch's rules keep none.
    event ColumnsDecided(uint64 indexed epoch, uint256 chunk, bytes consensus, bytes ranks, bytes bonds);
    /// @notice A chunked settlement got as far as `tally`; whoever goes on gives it back.
    event SettlementAdvanced(uint64 indexed epoch, Tally tally);
    /// @notice The epoch pays nobody and its emission rolls over; bonds stay as they are.
    event EpochVoided(uint64 indexed epoch, uint256 revealedStake, uint256 activeStake);

    error RevealPhaseRunning(uint64 epoch, uint256 endBlock, uint256 currentBlock);
    error EpochAlreadySettled(uint64 epoch, uint64 nextEpoch);
    /// @notice Epochs with revealed rows settle in order, since each takes what the one before rolled over.
    error EpochOutOfOrder(uint64 epoch, uint64 nextEpoch);
    error RowMissing(uint32 validatorUid);
    error RowsExcess(uint256 given, uint256 revealed);
    error RowMismatch(uint32 validatorUid, bytes24 given, bytes24 revealed);
    error SliceMismatch(uint256 chunk, bytes32 given, bytes32 revealed);
    error BondsMismatch(bytes32 given, bytes32 known);
    error RanksMismatch(uint256 chunk, bytes32 given, bytes32 decided);
    error AlreadyBegun(uint64 epoch);
    /// @notice Somebody went on from there, or the tally was never reached.
    error TallyMismatch(bytes32 given, bytes32 reached);
    /// @notice The call is not the next one of a chunked settlement.
    error StepOutOfOrder(uint64 epoch, uint32 scanned, bool seated, uint256 chunksDecided);
    /// @notice Later ballots may have replaced the epoch's: it can only void, by `settle` without rows.
    error BallotsExpired(uint64 epoch, uint256 keptUntil, uint256 currentBlock);

    /// @notice Settles `epoch`, and voids the epochs before it in which nobody revealed. An epoch that is not
    /// settled while its ballots are kept voids too.
    /// @param rows the rows of the committee's members that revealed, in seat order.
    /// @param seatsBefore the latest bonds' seats, uint32 each, as in their EpochSettled.
    /// @param bondsBefore the latest bonds, by chunk; empty, as `seatsBefore`, where the rules keep no bonds.
    function settle(
        uint64 epoch,
        bytes[] calldata rows,
        bytes calldata seatsBefore,
        bytes[] calldata bondsBefore
    ) external;

    /// @notice Begins to settle `epoch` in several transactions: `scan` while validators are left, `seat`,
    /// `decide` for each chunk, `finish`. Nothing is paid before the last; whoever wants to may go on.
    function begin(uint64 epoch) external;

    function scan(Tally calldata tally) external;

    /// @param sliceHashes for each row in seat order, the packed hashes of its slices of 512 bytes.
    /// @param bondHashes hashes of the chunks of the latest bonds.
    function seat(
        Tally calldata tally,
        bytes[] calldata sliceHashes,
        bytes calldata seatsBefore,
        bytes32[] calldata bondHashes
    ) external;

    /// @notice Decides the next chunk.
    /// @param slices of each row in seat order, the chunk's 512 bytes or what is left of them.
    function decide(Tally calldata tally, bytes[] calldata slices, bytes calldata bondsBefore) external;

    /// @param ranks of each chunk, as in its ColumnsDecided.
    function finish(Tally calldata tally, bytes[] calldata ranks) external;

    /// @notice The first epoch that is not settled.
    function nextEpoch() external view returns (uint64);

    /// @notice The epoch whose events hold the latest bonds, if there are any.
    function bondsEpoch() external view returns (uint64);

    /// @notice Hash over the latest bonds' seats and chunks; zero when there are none.
    function bondsDigest() external view returns (bytes32);
}
