// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The runner's cheat codes, as far as these tests use them.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function roll(uint256 blockNumber) external;

    function warp(uint256 timestamp) external;

    /// @notice The next call comes from `sender`.
    function prank(address sender) external;

    /// @notice The next call must revert with this error.
    function expectPartialRevert(bytes4 selector) external;

    function expectRevert(bytes calldata data) external;

    function getNonce(address account) external view returns (uint64);

    /// @notice Where the `nonce`-th creation of `deployer` goes.
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);

    function getCode(string calldata artifact) external view returns (bytes memory creationCode);

    function recordLogs() external;

    function getRecordedLogs() external returns (Log[] memory logs);

    function snapshotState() external returns (uint256 id);

    function revertToState(uint256 id) external returns (bool);

    function addr(uint256 privateKey) external pure returns (address);

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
