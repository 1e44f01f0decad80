// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Half-open block phases. Window w spans [startBlock + w * windowBlocks, + windowBlocks) and takes
/// commitments in its first commitBlocks blocks. Epoch e is windows [e * epochWindows, + epochWindows); its
/// rows are revealed in the revealBlocks blocks after its end.
struct Schedule {
    uint64 startBlock;
    uint64 windowBlocks;
    uint64 commitBlocks;
    uint64 epochWindows;
    uint64 revealBlocks;
    /// @notice Seconds between a block and the beacon round it fixes; longer than a proposer can steer time.
    uint64 beaconDelaySeconds;
}

/// @notice What a window froze when it opened (and when it closed: `auditRound`).
struct Opening {
    bytes32 blockHash;
    uint64 openRound;
    /// @notice 0 until the window is closed.
    uint64 auditRound;
    uint16 groupSize;
    uint16 maxGroups;
}

/// @notice Window seeds, one commitment per hot key and window, and where miners serve their bundles.
/// @dev The log is open: anyone may commit, and a stranger's commitment means nothing. One counts when its hot key signed
/// for a miner at the end of the block before the window and at the end of its own block
/// (`IStakeRegistry.hotKeyAt`), and answers between one and `maxGroups` groups of a window that was opened. A uid has
/// one hot key at the end of a block and none is ever used again, so at most one commitment of a miner counts in a
/// window. Whoever reads commitments applies that rule; `IDisputes` does too.
interface IRolloutLog {
    event WindowOpened(uint64 indexed window, bytes32 blockHash, uint64 openRound);
    event WindowClosed(uint64 indexed window, uint64 auditRound);
    event RootCommitted(address indexed hotKey, uint64 indexed window, bytes32 root, uint32 groups);
    event UriAnnounced(uint32 indexed minerUid, string uri);

    error ScheduleImpossible(string reason);
    error ScheduleMismatch(uint64 startBlock, uint64 epochBlocks, uint64 expectedStart, uint64 expectedBlocks);
    error WindowNotStarted(uint64 window, uint256 startBlock, uint256 currentBlock);
    /// @notice Nobody opened the window while its start block's hash was readable; it is lost.
    error WindowMissed(uint64 window, uint256 lastBlock, uint256 currentBlock);
    error WindowNotOpen(uint64 window);
    error WindowNotClosed(uint64 window);
    error CommitPhaseOver(uint64 window, uint256 deadlineBlock, uint256 currentBlock);
    error CommitPhaseRunning(uint64 window, uint256 deadlineBlock, uint256 currentBlock);
    error AlreadyCommitted(uint64 window, address hotKey);
    error RootZero();
    error UriTooLong(uint256 length, uint256 maximum);

    /// @notice Stores the start block's hash and fixes the opening beacon round. Anyone, once; later calls do
    /// nothing.
    function openWindow(uint64 window) external;

    /// @notice Fixes the audit beacon round, after the commit deadline. Anyone, once; later calls do nothing.
    function closeWindow(uint64 window) external;

    /// @notice Binds the calling hot key to `root`, once in a window's commit phase. Nothing else is asked here:
    /// whether the commitment counts is the reader's to say.
    /// @param root over the leaves of `groups` groups and the stored bundle.
    function commitRoot(uint64 window, bytes32 root, uint32 groups) external;

    /// @notice Says where the calling miner's bundles lie from now on: each at `uri/root`, the root in 64 hexadecimal
    /// digits. For hot keys that may sign, whether their miner is active or leaving.
    /// @param uri at most 256 bytes.
    function announce(string calldata uri) external;

    function schedule() external view returns (Schedule memory);

    /// @notice The window of the current block; 0 before the start.
    function currentWindow() external view returns (uint64);

    function windowStart(uint64 window) external view returns (uint256 blockNumber);

    /// @notice First block that no longer takes commitments.
    function commitDeadline(uint64 window) external view returns (uint256 blockNumber);

    function epochStart(uint64 epoch) external view returns (uint256 blockNumber);

    function opening(uint64 window) external view returns (Opening memory);

    /// @notice keccak256(abi.encode("window", chain id, this contract, window, block hash, open randomness)).
    function windowSeed(uint64 window) external view returns (bytes32);

    /// @notice keccak256(abi.encode("audit", window seed, audit randomness)).
    function auditSeed(uint64 window) external view returns (bytes32);

    /// @notice 24-byte rolling digest over all commitments of a hot key, with the latest window plus one in the
    /// low 8 bytes. The next value is keccak256(abi.encode(last, window, root, groups, block number)).
    function commitmentChain(address hotKey) external view returns (bytes32);

    /// @notice What a miner announced last; empty before.
    function uriOf(uint32 minerUid) external view returns (string memory);
}
