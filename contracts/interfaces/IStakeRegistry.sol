// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

enum Role {
    Miner,
    Validator
}

enum Standing {
    Vacant,
    Active,
    Exiting,
    /// @dev Rotated away or withdrawn. The hot key stays taken, so what it once signed keeps one meaning.
    Retired
}

/// @notice Whom a hot key signs for. One storage slot, so that a registration costs two with its bond.
struct Signer {
    address owner;
    uint32 uid;
    /// @notice Block number of the registration.
    uint40 registeredAt;
    Role role;
    Standing standing;
}

/// @notice What an identity holds.
struct Seat {
    /// @notice Bonded or unbonding.
    uint96 stake;
    uint32 uid;
    /// @notice Block number of the registration.
    uint40 registeredAt;
    /// @notice First block at which the stake may be withdrawn; 0 while active.
    uint40 exitAt;
    Role role;
    Standing standing;
}

/// @notice What an identity costs besides its bond. The price is never paid back.
struct RegistrationTerms {
    /// @notice In token units, at least 1.
    uint128 floor;
    /// @notice Blocks in which a raised price falls by half.
    uint40 halvingBlocks;
}

/// @notice Who is a miner or a validator, and with what bond. The owner key holds the money and is paid; the
/// hot key signs every window, and losing it loses nothing.
/// @dev There is no delegation: stake answers for its owner's own work, and shares of a slashable stake would need
/// an accounting of their own. Who trusts a validator can fund its owner.
interface IStakeRegistry {
    /// @param price paid for the identity, besides the stake.
    event Registered(
        Role indexed role,
        uint32 indexed uid,
        address indexed owner,
        address hotKey,
        uint256 stake,
        uint256 price
    );
    event Staked(Role indexed role, uint32 indexed uid, uint256 amount, uint256 stake);
    /// @notice The identity left, or was removed because its stake is below the minimum.
    event UnstakeRequested(Role indexed role, uint32 indexed uid, uint256 stake, uint256 exitAt);
    event Withdrawn(Role indexed role, uint32 indexed uid, address indexed owner, uint256 amount);
    event HotKeyRotated(Role indexed role, uint32 indexed uid, address oldHotKey, address newHotKey);
    /// @param treasury where the tokens went; zero when they were burned.
    event Slashed(Role indexed role, uint32 indexed uid, uint256 amount, address treasury);
    event PricesSwept(uint256 amount, address treasury);

    error NotSlasher(address caller, address slasher);
    error RegistrationTermsImpossible(uint128 floor, uint40 halvingBlocks);
    error StakeTooSmall(Role role, uint256 amount, uint256 minimum);
    error StakeTooLarge(uint256 amount, uint256 maximum);
    error PriceAboveMaximum(uint256 price, uint256 maximum);
    error AmountZero();
    error HotKeyZero();
    error HotKeyIsOwner(address hotKey);
    error HotKeyTaken(address hotKey);
    error HotKeyUnknown(Role role, address hotKey);
    error UnknownIdentity(Role role, uint32 uid);
    error NotOwner(Role role, uint32 uid, address caller, address owner);
    error NotActive(Role role, uint32 uid, Standing standing);
    error NotExiting(Role role, uint32 uid, Standing standing);
    error StillBonded(Role role, uint32 uid, uint256 exitAt, uint256 currentBlock);
    error StakeSuffices(Role role, uint32 uid, uint256 stake, uint256 minimum);
    error SlashExceedsStake(Role role, uint32 uid, uint256 amount, uint256 stake);

    /// @notice Bonds `amount` of the caller's tokens, pays the price, and takes the next uid. The caller becomes
    /// the owner.
    /// @param maxPrice the most to pay: whoever registers just before may raise the price.
    function register(
        Role role,
        address hotKey,
        uint256 amount,
        uint256 maxPrice
    ) external returns (uint32 uid);

    /// @notice Adds to the bond. Counts in consensus once it was there for a whole epoch.
    function stake(Role role, uint32 uid, uint256 amount) external;

    /// @notice Leaves. The stake stops counting now, and stays slashable until it is withdrawn.
    function requestUnstake(Role role, uint32 uid) external;

    /// @notice Removes an identity whose stake is below the minimum, as if it had left. Anyone.
    function decommission(Role role, uint32 uid) external;

    /// @notice Pays the whole stake back to the owner after unbonding. The uid is never used again.
    function withdraw(Role role, uint32 uid) external;

    function rotateHotKey(Role role, uint32 uid, address newHotKey) external;

    /// @notice Takes `amount` of a bonded or unbonding stake; burned or sent to the treasury, never to the
    /// caller. Who keeps less than the minimum is out. Restricted.
    function slash(Role role, uint32 uid, uint256 amount) external;

    /// @notice Burns the prices paid so far, or sends them to the treasury. Anyone.
    function sweepPrices() external;

    /// @notice What registering costs in the current block, besides the stake.
    function registrationPrice(Role role) external view returns (uint256);

    /// @notice Blocks between leaving and being paid, in which the stake is still slashable.
    function unbondingBlocks() external view returns (uint40);

    /// @notice How many uids of `role` were ever given out: they are 0 … count - 1.
    function count(Role role) external view returns (uint32);

    /// @notice The owner, hot key and seat of an identity, whatever its standing.
    function entity(Role role, uint32 uid) external view returns (address owner, address hotKey, Seat memory seat);

    function ownerOf(Role role, uint32 uid) external view returns (address);

    /// @notice The uid that `hotKey` may sign for now.
    function uidOf(Role role, address hotKey) external view returns (uint32);

    /// @notice Whom a hot key signs for, or once signed for; `Standing.Vacant` for an unknown one.
    function signerOf(address hotKey) external view returns (Signer memory);

    /// @notice The hot key of an active identity at the end of `blockNumber`; zero before it registered and once it left.
    /// Unlike `signerOf` it answers for every block in the past, so that what a key did once keeps one meaning after it
    /// was rotated away.
    function hotKeyAt(Role role, uint32 uid, uint256 blockNumber) external view returns (address);

    /// @notice `hotKeyAt` for `count` uids of `role` from `first` on.
    function hotKeysAt(
        Role role,
        uint32 first,
        uint32 count,
        uint256 blockNumber
    ) external view returns (address[] memory);

    /// @notice Stake at the end of `blockNumber`; an exiting stake is 0.
    function stakeAt(Role role, uint32 uid, uint256 blockNumber) external view returns (uint256);

    /// @notice `stakeAt` for every uid of `role` in uid order.
    function stakesAt(Role role, uint256 blockNumber) external view returns (uint256[] memory);

    /// @notice Stake that counts in `epoch`, for `count` uids of `role` from `first` on: what was there at the first
    /// block of the epoch before and still is at its own. Epoch 0 takes what is there at its first block.
    function activeStakes(
        Role role,
        uint64 epoch,
        uint32 first,
        uint32 count
    ) external view returns (uint256[] memory);
}
