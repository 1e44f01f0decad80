// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

struct Policy {
    bytes32 parent;
    bytes32 environmentId;
    bytes32 environmentHash;
    /// @notice First window that uses this policy.
    uint64 activationWindow;
    /// @notice Block number of the publication.
    uint64 publishedAt;
    /// @notice Where the checkpoint can be fetched; its bytes are bound by the manifest hash.
    string uri;
}

/// @notice Which checkpoint and environment a window uses.
interface IPolicyRegistry {
    event PolicyPublished(
        bytes32 indexed manifestHash,
        bytes32 indexed parent,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow,
        string uri
    );

    error ManifestHashZero();
    error PolicyExists(bytes32 manifestHash);
    error PolicyUnknown(bytes32 manifestHash);
    error ParentUnknown(bytes32 parent);
    error ActivationTooEarly(uint64 activationWindow, uint64 earliest);
    error NoActivePolicy(uint64 window);

    /// @notice Announces a checkpoint. Restricted to the learner.
    /// @param parent the checkpoint it was trained from; zero for the first.
    /// @param activationWindow a window that has not begun, not before the latest announced one (which is replaced
    /// when it is the same); any for the first policy.
    function publish(
        bytes32 manifestHash,
        bytes32 parent,
        bytes32 environmentId,
        bytes32 environmentHash,
        uint64 activationWindow,
        string calldata uri
    ) external;

    /// @notice Manifest hash of the policy that `window` uses.
    function activePolicy(uint64 window) external view returns (bytes32);

    function policy(bytes32 manifestHash) external view returns (Policy memory);
}
