// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IDrandBeacon} from "./interfaces/IDrandBeacon.sol";
import {IParams, Rules} from "./interfaces/IParams.sol";
import {IRolloutLog, Opening, Schedule} from "./interfaces/IRolloutLog.sol";
import {IStakeRegistry, Role, Signer, Standing} from "./interfaces/IStakeRegistry.sol";

contract RolloutLog is IRolloutLog {
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
    /// @dev One recycled slot per miner: 24 bytes of rolling digest, then the latest window plus one.
    mapping(uint32 minerUid => bytes32) private _chains;

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
        _requireCommitPhase(window);
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

    function commitRoot(uint64 window, bytes32 root, uint32 groups, uint32 rollouts, string calldata uri) external {
        Opening storage o = _openings[window];
        require(o.openRound != 0, WindowNotOpen(window));
        _requireCommitPhase(window);
        require(root != 0, RootZero());
        require(groups > 0 && groups <= o.maxGroups, GroupsOutOfRange(groups, o.maxGroups));
        uint256 expected = uint256(groups) * o.groupSize;
        require(rollouts == expected, RolloutsMismatch(rollouts, expected));
        require(bytes(uri).length <= MAX_URI_BYTES, UriTooLong(bytes(uri).length, MAX_URI_BYTES));

        Signer memory signer = registry.signerOf(msg.sender);
        require(signer.standing == Standing.Active && signer.role == Role.Miner, NotActiveMiner(msg.sender));
        // A uid decides which problems are owed: whoever could take one after S_w is known could choose among them.
        uint256 start = windowStart(window);
        require(signer.registeredAt < start, RegisteredTooLate(signer.uid, signer.registeredAt, start));
        bytes32 last = _chains[signer.uid];
        require(!_reached(last, window), AlreadyCommitted(window, signer.uid));

        bytes32 digest = keccak256(abi.encode(last, window, root, groups, rollouts));
        _chains[signer.uid] = ((digest >> 64) << 64) | bytes32(uint256(window) + 1);

        emit RootCommitted(window, signer.uid, msg.sender, root, groups, rollouts, uri);
    }

    function schedule() external view returns (Schedule memory) {
        return
            Schedule(_startBlock, _windowBlocks, _commitBlocks, _epochWindows, _revealBlocks, _beaconDelaySeconds);
    }

    function currentWindow() external view returns (uint64) {
        return block.number <= _startBlock ? 0 : uint64((block.number - _startBlock) / _windowBlocks);
    }

    function windowStart(uint64 window) public view returns (uint256) {
        return _startBlock + uint256(window) * _windowBlocks;
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

    function commitmentChain(uint32 minerUid) external view returns (bytes32) {
        return _chains[minerUid];
    }

    function _requireCommitPhase(uint64 window) private view {
        uint256 deadline = commitDeadline(window);
        require(block.number < deadline, CommitPhaseOver(window, deadline, block.number));
    }

    /// @dev Windows do not overlap, so a miner that reached this one can only have committed in it.
    function _reached(bytes32 chain, uint64 window) private pure returns (bool) {
        return uint64(uint256(chain)) > window;
    }

    function _nextRound() private view returns (uint64) {
        return beacon.firstRoundAfter(block.timestamp + _beaconDelaySeconds);
    }
}
