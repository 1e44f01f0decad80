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

/// @notice What a hot key holds. One storage slot, so that a commitment reads who it is from with one load.
struct Seat {
    uint128 stake;
    uint32 uid;
    /// @notice Block number of the registration.
    uint40 registeredAt;
    /// @notice First block at which the stake may be withdrawn; 0 while active.
    uint40 exitAt;
    Role role;
    Standing standing;
}

/// @notice Who is a miner or a validator, and with what bond. The owner key holds the money and is paid; the
/// hot key signs every window, and losing it loses nothing.
interface IStakeRegistry {
    event Registered(Role indexed role, uint32 indexed uid, address indexed owner, address hotKey, uint256 stake);
    event Staked(Role indexed role, uint32 indexed uid, uint256 amount, uint256 stake);
    event UnstakeRequested(Role indexed role, uint32 indexed uid, uint256 stake, uint256 exitAt);
    event Withdrawn(Role indexed role, uint32 indexed uid, address indexed owner, uint256 amount);
    event HotKeyRotated(Role indexed role, uint32 indexed uid, address oldHotKey, address newHotKey);
    /// @param treasury where the tokens went; zero when they were burned.
    event Slashed(Role indexed role, uint32 indexed uid, uint256 amount, address treasury);

    error StakeTooSmall(Role role, uint256 amount, uint256 minimum);
    error StakeTooLarge(uint256 amount, uint256 maximum);
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
    error SlashExceedsStake(Role role, uint32 uid, uint256 amount, uint256 stake);

    /// @notice Bonds `amount` of the caller's tokens and takes the next uid. The caller becomes the owner.
    function register(Role role, address hotKey, uint256 amount) external returns (uint32 uid);

    /// @notice Adds to the bond. Counts in consensus from the next epoch.
    function stake(Role role, uint32 uid, uint256 amount) external;

    /// @notice Leaves. The stake stops counting now, and stays slashable until it is withdrawn.
    function requestUnstake(Role role, uint32 uid) external;

    /// @notice Pays the whole stake back to the owner after unbonding. The uid is never used again.
    function withdraw(Role role, uint32 uid) external;

    function rotateHotKey(Role role, uint32 uid, address newHotKey) external;

    /// @notice Takes `amount` of a bonded or unbonding stake; burned or sent to the treasury, never to the
    /// caller. Restricted.
    function slash(Role role, uint32 uid, uint256 amount) external;

    /// @notice How many uids of `role` were ever given out: they are 0 … count - 1.
    function count(Role role) external view returns (uint32);

    /// @notice The owner, hot key and seat of an identity, whatever its standing.
    function entity(Role role, uint32 uid) external view returns (address owner, address hotKey, Seat memory seat);

    function ownerOf(Role role, uint32 uid) external view returns (address);

    /// @notice The uid that `hotKey` may sign for now.
    function uidOf(Role role, address hotKey) external view returns (uint32);

    /// @notice What a hot key holds; `Standing.Vacant` for an unknown one.
    function seatOf(address hotKey) external view returns (Seat memory);

    /// @notice Stake that counts in consensus at the end of `blockNumber`; an exiting stake is 0.
    function stakeAt(Role role, uint32 uid, uint256 blockNumber) external view returns (uint256);

    /// @notice `stakeAt` for every uid of `role` in uid order.
    function stakesAt(Role role, uint256 blockNumber) external view returns (uint256[] memory);
}
