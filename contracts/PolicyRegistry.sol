// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IPolicyRegistry, Policy} from "./interfaces/IPolicyRegistry.sol";
import {IRolloutLog} from "./interfaces/IRolloutLog.sol";

contract PolicyRegistry is IPolicyRegistry, AccessManaged {
    using Checkpoints for Checkpoints.Trace256;

    IRolloutLog public immutable rolloutLog;

    mapping(bytes32 manifestHash => Policy) private _policies;
    /// @dev activation window → manifest hash.
    Checkpoints.Trace256 private _activations;

    constructor(address authority, IRolloutLog rolloutLog_) AccessManaged(authority) {
        rolloutLog = rolloutLog_;
    }

    function publish(
        bytes32 manifestHash,
        bytes32 parent,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow,
        string calldata uri
    ) external restricted {
        require(manifestHash != 0, ManifestHashZero());
        require(!_isKnown(manifestHash), PolicyExists(manifestHash));
        if (_activations.length() == 0) {
            require(parent == 0, ParentUnknown(parent));
        } else {
            require(_isKnown(parent), ParentUnknown(parent));
            uint64 earliest = _earliestActivation();
            require(activationWindow >= earliest, ActivationTooEarly(activationWindow, earliest));
        }

        _policies[manifestHash] = Policy(
            parent,
            environmentId,
            environmentHash,
            activationWindow,
            uint64(block.number),
            uri
        );
        _activations.push(activationWindow, uint256(manifestHash));

        emit PolicyPublished(manifestHash, parent, environmentId, environmentHash, activationWindow, uri);
    }

    function activePolicy(uint64 window) external view returns (bytes32 manifestHash) {
        manifestHash = bytes32(_activations.upperLookupRecent(window));
        require(manifestHash != 0, NoActivePolicy(window));
    }

    function policy(bytes32 manifestHash) external view returns (Policy memory) {
        require(_isKnown(manifestHash), PolicyUnknown(manifestHash));
        return _policies[manifestHash];
    }

    /// @dev A window that has begun keeps its policy. Of two announced for one window, the later one counts.
    function _earliestActivation() private view returns (uint64) {
        (, uint256 latest, ) = _activations.latestCheckpoint();
        bool begun = block.number >= rolloutLog.windowStart(0);
        uint64 next = begun ? rolloutLog.currentWindow() + 1 : 0;
        return latest > next ? uint64(latest) : next;
    }

    function _isKnown(bytes32 manifestHash) private view returns (bool) {
        return _policies[manifestHash].publishedAt != 0;
    }
}
