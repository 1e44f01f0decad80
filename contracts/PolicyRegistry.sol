// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParams} from "./interfaces/IParams.sol";
import {Challenge, IPolicyRegistry, Policy} from "./interfaces/IPolicyRegistry.sol";
import {IRolloutLog, Schedule} from "./interfaces/IRolloutLog.sol";
import {IStakeRegistry, Role, Signer, Standing} from "./interfaces/IStakeRegistry.sol";

contract PolicyRegistry is IPolicyRegistry, AccessManaged {
    using Arrays for uint256[];

    uint64 private constant ADMIN_ROLE = 0;
    /// @dev An objection of the publishing block's own is not one that anybody had time to compute.
    uint64 private constant MIN_CHALLENGE_BLOCKS = 2;
    /// @dev Learning is that many windows late at most, and pending updates are few enough to walk over.
    uint64 private constant MAX_CHALLENGE_WINDOWS = 16;
    /// @dev A later policy cannot be announced for an earlier window: one for the end of days would be the last.
    uint64 private constant MAX_WINDOWS_AHEAD = 256;

    IRolloutLog public immutable rolloutLog;
    IStakeRegistry public immutable registry;
    IParams public immutable params;
    uint64 public immutable challengeBlocks;
    uint64 public immutable maxPending;
    uint64 private immutable _startBlock;
    uint64 private immutable _windowBlocks;
    uint64 private immutable _epochBlocks;

    mapping(bytes32 manifestHash => Policy) private _policies;
    /// @dev Without `endBlock`, which follows from the publication.
    mapping(bytes32 manifestHash => Challenge) private _challenges;
    mapping(bytes32 manifestHash => mapping(uint32 validatorUid => bytes32 ownHash)) private _objections;
    mapping(bytes32 manifestHash => mapping(bytes32 ownHash => uint256 stake)) private _agreeingStakes;
    /// @dev Policies that are not rejected, as they were published. Only an update in its challenge can be rejected,
    /// so all that ever leaves is at the end.
    bytes32[] private _line;
    /// @dev Their activation windows, which never fall.
    uint256[] private _activations;

    constructor(
        address authority,
        IRolloutLog rolloutLog_,
        IStakeRegistry registry_,
        IParams params_,
        uint64 challengeBlocks_
    ) AccessManaged(authority) {
        Schedule memory s = rolloutLog_.schedule();
        uint64 longest = MAX_CHALLENGE_WINDOWS * s.windowBlocks;
        require(
            challengeBlocks_ >= MIN_CHALLENGE_BLOCKS && challengeBlocks_ <= longest,
            ChallengeBlocksOutOfBounds(challengeBlocks_, MIN_CHALLENGE_BLOCKS, longest)
        );
        rolloutLog = rolloutLog_;
        registry = registry_;
        params = params_;
        challengeBlocks = challengeBlocks_;
        // One for every window, and one that comes early.
        maxPending = uint64(Math.ceilDiv(challengeBlocks_, s.windowBlocks)) + 1;
        _startBlock = s.startBlock;
        _windowBlocks = s.windowBlocks;
        _epochBlocks = s.windowBlocks * s.epochWindows;
    }

    function publish(
        bytes32 manifestHash,
        bytes32 parent,
        bytes32 recordHash,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow,
        string calldata uri
    ) external restricted {
        require(manifestHash != 0, ManifestHashZero());
        require(!_isKnown(manifestHash), PolicyExists(manifestHash));
        if (_line.length == 0) _requireFirst(parent, recordHash);
        else _requireNext(parent, recordHash, environmentId, environmentHash, activationWindow);
        uint64 latest = rolloutLog.currentWindow() + MAX_WINDOWS_AHEAD;
        require(activationWindow <= latest, ActivationTooLate(activationWindow, latest));

        _policies[manifestHash] = Policy(
            parent,
            recordHash,
            environmentId,
            environmentHash,
            activationWindow,
            uint64(block.number),
            uri
        );
        _line.push(manifestHash);
        _activations.push(activationWindow);

        emit PolicyPublished(
            manifestHash,
            parent,
            recordHash,
            environmentId,
            environmentHash,
            activationWindow,
            uri
        );
    }

    function object(bytes32 manifestHash, bytes32 ownHash) external {
        Policy storage p = _known(manifestHash);
        require(p.recordHash != 0, NothingToRecompute(manifestHash));
        uint256 end = _challengeEnd(p);
        require(block.number < end, ChallengeOver(manifestHash, end, block.number));
        require(ownHash != 0 && ownHash != manifestHash, OwnHashInvalid(ownHash));
        Challenge storage c = _challenges[manifestHash];
        require(!c.rejected, AlreadyRejected(manifestHash));
        Signer memory signer = registry.signerOf(msg.sender);
        require(
            signer.standing == Standing.Active && signer.role == Role.Validator,
            NotActiveValidator(msg.sender)
        );
        require(_objections[manifestHash][signer.uid] == 0, AlreadyObjected(manifestHash, signer.uid));
        uint64 epoch = _countingEpoch(p);
        uint256 stake = _stakeOf(signer.uid, epoch);
        // The same for every objection: what an epoch counts is settled before it has run for a block.
        uint256 active = c.activeStake == 0 ? _activeStake(epoch) : c.activeStake;

        _objections[manifestHash][signer.uid] = ownHash;
        uint256 agreeing = (_agreeingStakes[manifestHash][ownHash] += stake);
        uint256 objecting = (c.objectingStake += stake);
        c.activeStake = active;

        emit PolicyObjected(
            manifestHash,
            signer.uid,
            msg.sender,
            ownHash,
            stake,
            agreeing,
            objecting,
            active
        );
        if (objecting * 3 > active) _reject(manifestHash);
    }

    function activePolicy(uint64 window) external view returns (bytes32) {
        uint256 later = _activations.upperBound(window);
        require(later > 0, NoActivePolicy(window));
        return _line[later - 1];
    }

    function policy(bytes32 manifestHash) external view returns (Policy memory) {
        return _known(manifestHash);
    }

    function challenge(bytes32 manifestHash) external view returns (Challenge memory c) {
        Policy storage p = _known(manifestHash);
        c = _challenges[manifestHash];
        c.endBlock = _challengeEnd(p);
    }

    function pendingPolicies() public view returns (bytes32[] memory pending) {
        uint256 first = _line.length;
        while (first > 0 && _policies[_line[first - 1]].publishedAt + challengeBlocks > block.number) --first;
        pending = new bytes32[](_line.length - first);
        uint256 found = 0;
        for (uint256 i = first; i < _line.length; ++i) {
            if (_policies[_line[i]].recordHash != 0) pending[found++] = _line[i];
        }
        return Arrays.splice(pending, 0, found);
    }

    function objectionOf(bytes32 manifestHash, uint32 validatorUid) external view returns (bytes32) {
        return _objections[manifestHash][validatorUid];
    }

    function agreeingStake(bytes32 manifestHash, bytes32 ownHash) external view returns (uint256) {
        return _agreeingStakes[manifestHash][ownHash];
    }

    /// @dev Whom a subnet starts with is its founders' word: there is nothing to recompute, nor to fall back to.
    function _requireFirst(bytes32 parent, bytes32 recordHash) private pure {
        require(parent == 0, ParentUnknown(parent));
        require(recordHash == 0, RecordHashUnexpected(recordHash));
    }

    function _requireNext(
        bytes32 parent,
        bytes32 recordHash,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow
    ) private view {
        require(_isKnown(parent), ParentUnknown(parent));
        require(!_challenges[parent].rejected, ParentRejected(parent));
        require(block.number > _startBlock, StartNotPassed(_startBlock, block.number));
        if (recordHash == 0) _requireAdministrator();
        else _requireUpdate(parent, environmentId, environmentHash);
        uint64 earliest = _earliestActivation(recordHash == 0 ? 1 : challengeBlocks);
        require(activationWindow >= earliest, ActivationTooEarly(activationWindow, earliest));
    }

    /// @dev The timelock, which acts for the voters.
    function _requireAdministrator() private view {
        (bool administers, ) = IAccessManager(authority()).hasRole(ADMIN_ROLE, msg.sender);
        require(administers, RecordHashZero());
    }

    function _requireUpdate(bytes32 parent, bytes32 environmentId, bytes32 environmentHash) private view {
        bytes32 latest = _line[_line.length - 1];
        require(parent == latest, ParentNotLatest(parent, latest));
        Policy storage p = _policies[parent];
        require(
            environmentId == p.environmentId && environmentHash == p.environmentHash,
            EnvironmentChanged(environmentId, environmentHash)
        );
        require(pendingPolicies().length < maxPending, TooManyPending(maxPending));
    }

    /// @dev A window that has begun keeps its policy. Of two announced for one window, the later one counts.
    function _earliestActivation(uint64 waitBlocks) private view returns (uint64) {
        uint256 next = Math.ceilDiv(block.number + waitBlocks - _startBlock, _windowBlocks);
        return uint64(Math.max(next, _activations[_activations.length - 1]));
    }

    /// @dev Stake counts as in the settlement of this epoch: what comes later, however large, stops nothing. Of the
    /// block before the publication, since an epoch's first block must have ended.
    function _countingEpoch(Policy storage p) private view returns (uint64) {
        return (p.publishedAt - 1 - _startBlock) / _epochBlocks;
    }

    function _stakeOf(uint32 uid, uint64 epoch) private view returns (uint256 stake) {
        uint256 minimum = params.rulesAt(epoch).minValidatorStake;
        stake = registry.activeStakes(Role.Validator, epoch, uid, 1)[0];
        require(stake >= minimum, StakeDoesNotCount(uid, stake, minimum));
    }

    function _activeStake(uint64 epoch) private view returns (uint256 active) {
        uint256 minimum = params.rulesAt(epoch).minValidatorStake;
        uint32 count = registry.count(Role.Validator);
        uint256[] memory stakes = registry.activeStakes(Role.Validator, epoch, 0, count);
        for (uint256 i = 0; i < count; ++i) {
            if (stakes[i] >= minimum) active += stakes[i];
        }
    }

    /// @dev Takes the policy and all that was built on it out of the line, and closes the gaps.
    function _reject(bytes32 cause) private {
        uint256 count = _line.length;
        uint256 kept = count - 1;
        while (_line[kept] != cause) --kept;
        for (uint256 i = kept; i < count; ++i) {
            bytes32 manifestHash = _line[i];
            if (manifestHash == cause || _challenges[_policies[manifestHash].parent].rejected) {
                _challenges[manifestHash].rejected = true;
                emit PolicyRejected(manifestHash, cause);
            } else {
                _line[kept] = manifestHash;
                _activations[kept] = _activations[i];
                ++kept;
            }
        }
        for (; count > kept; --count) {
            _line.pop();
            _activations.pop();
        }
    }

    function _challengeEnd(Policy storage p) private view returns (uint64) {
        return p.recordHash == 0 ? p.publishedAt : p.publishedAt + challengeBlocks;
    }

    function _known(bytes32 manifestHash) private view returns (Policy storage) {
        require(_isKnown(manifestHash), PolicyUnknown(manifestHash));
        return _policies[manifestHash];
    }

    function _isKnown(bytes32 manifestHash) private view returns (bool) {
        return _policies[manifestHash].publishedAt != 0;
    }
}
