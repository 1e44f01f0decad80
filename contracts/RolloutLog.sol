// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IDrandBeacon} from "./interfaces/IDrandBeacon.sol";
import {IParams, Rules} from "./interfaces/IParams.sol";
import {IRolloutLog, Opening, Schedule} from "./interfaces/IRolloutLog.sol";
import {IStakeRegistry, Role} from "./interfaces/IStakeRegistry.sol";

contract RolloutLog is IRolloutLog {
    /// @dev One recycled slot per hot key. A struct, so that its place is hashed once a commitment.
    struct Chain {
        /// @dev 24 bytes of rolling digest, then the latest window plus one.
        bytes32 head;
    }

    /// @dev How far back BLOCKHASH reaches.
    uint256 private constant BLOCK_HASHES = 256;
    uint256 private constant MAX_URI_BYTES = 256;

    IStakeRegistry public immutable registry;
    IParams public immutable params;
    IDrandBeacon public immutable beacon;

    uint64 private immutable _startBlock;
    uint64 private immutable _windowBlocks;
    uint64 private immutable _commitBlocks;
    uint64 private immutable _epochWindows;
    uint64 private immutable _revealBlocks;
    uint64 private immutable _beaconDelaySeconds;

    mapping(uint64 window => Opening) private _openings;
    mapping(address hotKey => Chain) private _chains;
    mapping(uint32 minerUid => string) private _uris;

    constructor(IStakeRegistry registry_, IParams params_, IDrandBeacon beacon_, Schedule memory s) {
        require(s.commitBlocks > 0, ScheduleImpossible("commitBlocks is zero"));
        require(s.commitBlocks < s.windowBlocks, ScheduleImpossible("commitBlocks must be below windowBlocks"));
        require(s.epochWindows > 0, ScheduleImpossible("epochWindows is zero"));
        require(s.revealBlocks > 0, ScheduleImpossible("revealBlocks is zero"));
        // A validator has one commitment slot: it must be open before the next epoch's commit phase.
        uint256 nextCommit = uint256(s.epochWindows - 1) * s.windowBlocks + s.commitBlocks;
        require(s.revealBlocks <= nextCommit, ScheduleImpossible("revealBlocks reach into the next commit phase"));
        uint64 epochBlocks = s.epochWindows * s.windowBlocks;
        require(
            params_.startBlock() == s.startBlock && params_.epochBlocks() == epochBlocks,
            ScheduleMismatch(s.startBlock, epochBlocks, params_.startBlock(), params_.epochBlocks())
        );
        registry = registry_;
        params = params_;
        beacon = beacon_;
        _startBlock = s.startBlock;
        _windowBlocks = s.windowBlocks;
        _commitBlocks = s.commitBlocks;
        _epochWindows = s.epochWindows;
        _revealBlocks = s.revealBlocks;
        _beaconDelaySeconds = s.beaconDelaySeconds;
    }

    function openWindow(uint64 window) external {
        if (_openings[window].openRound != 0) return;
        uint256 start = windowStart(window);
        require(block.number > start, WindowNotStarted(window, start, block.number));
        _requireCommitPhase(window, start);
        require(block.number <= start + BLOCK_HASHES, WindowMissed(window, start + BLOCK_HASHES, block.number));

        Rules memory rules = params.rulesAt(window / _epochWindows);
        bytes32 blockHash = blockhash(start);
        uint64 openRound = _nextRound();
        _openings[window] = Opening(
            blockHash,
            openRound,
            0,
            rules.groupSize,
            rules.maxGroups
        );

        emit WindowOpened(window, blockHash, openRound);
    }

    function closeWindow(uint64 window) external {
        Opening storage o = _openings[window];
        require(o.openRound != 0, WindowNotOpen(window));
        if (o.auditRound != 0) return;
        uint256 deadline = commitDeadline(window);
        require(block.number >= deadline, CommitPhaseRunning(window, deadline, block.number));

        uint64 auditRound = _nextRound();
        o.auditRound = auditRound;

        emit WindowClosed(window, auditRound);
    }

    function commitRoot(uint64 window, bytes32 root, uint32 groups) external {
        uint256 start = windowStart(window);
        require(block.number >= start, WindowNotStarted(window, start, block.number));
        _requireCommitPhase(window, start);
        require(root != 0, RootZero());
        Chain storage chain = _chains[msg.sender];
        bytes32 last = chain.head;
        require(!_reached(last, window), AlreadyCommitted(window, msg.sender));

        bytes32 digest = _chained(last, window, root, groups);
        // A window that has begun is far from the largest number.
        unchecked {
            chain.head = ((digest >> 64) << 64) | bytes32(uint256(window) + 1);
        }

        emit RootCommitted(msg.sender, window, root, groups);
    }

    function announce(string calldata uri) external {
        require(bytes(uri).length <= MAX_URI_BYTES, UriTooLong(bytes(uri).length, MAX_URI_BYTES));
        uint32 uid = registry.uidOf(Role.Miner, msg.sender);
        _uris[uid] = uri;
        emit UriAnnounced(uid, uri);
    }

    function schedule() external view returns (Schedule memory) {
        return
            Schedule(_startBlock, _windowBlocks, _commitBlocks, _epochWindows, _revealBlocks, _beaconDelaySeconds);
    }

    function currentWindow() external view returns (uint64) {
        return block.number <= _startBlock ? 0 : uint64((block.number - _startBlock) / _windowBlocks);
    }

    function windowStart(uint64 window) public view returns (uint256) {
        // Numbers of 64 bits.
        unchecked {
            return _startBlock + uint256(window) * _windowBlocks;
        }
    }

    function commitDeadline(uint64 window) public view returns (uint256) {
        return windowStart(window) + _commitBlocks;
    }

    function epochStart(uint64 epoch) external view returns (uint256) {
        return _startBlock + uint256(epoch) * _epochWindows * _windowBlocks;
    }

    function opening(uint64 window) external view returns (Opening memory) {
        return _openings[window];
    }

    function windowSeed(uint64 window) public view returns (bytes32) {
        Opening storage o = _openings[window];
        require(o.openRound != 0, WindowNotOpen(window));
        bytes32 randomness = beacon.randomness(o.openRound);
        return keccak256(abi.encode("window", block.chainid, address(this), window, o.blockHash, randomness));
    }

    function auditSeed(uint64 window) external view returns (bytes32) {
        bytes32 seed = windowSeed(window);
        uint64 auditRound = _openings[window].auditRound;
        require(auditRound != 0, WindowNotClosed(window));
        return keccak256(abi.encode("audit", seed, beacon.randomness(auditRound)));
    }

    function commitmentChain(address hotKey) external view returns (bytes32) {
        return _chains[hotKey].head;
    }

    function uriOf(uint32 minerUid) external view returns (string memory) {
        return _uris[minerUid];
    }

    function _requireCommitPhase(uint64 window, uint256 start) private view {
        uint256 deadline;
        unchecked {
            deadline = start + _commitBlocks;
        }
        require(block.number < deadline, CommitPhaseOver(window, deadline, block.number));
    }

    /// @dev keccak256(abi.encode(last, window, root, groups, block.number)), beyond the free memory pointer: an encoding
    /// that is kept costs 100 gas more. The numbers come from calldata, whose decoding refuses what is longer.
    function _chained(
        bytes32 last,
        uint64 window,
        bytes32 root,
        uint32 groups
    ) private view returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, last)
            mstore(add(free, 0x20), window)
            mstore(add(free, 0x40), root)
            mstore(add(free, 0x60), groups)
            mstore(add(free, 0x80), number())
            digest := keccak256(free, 0xa0)
        }
    }

    /// @dev Windows do not overlap, so a key that reached this one can only have committed in it.
    function _reached(bytes32 chain, uint64 window) private pure returns (bool) {
        return uint64(uint256(chain)) > window;
    }

    function _nextRound() private view returns (uint64) {
        return beacon.firstRoundAfter(block.timestamp + _beaconDelaySeconds);
    }
}
