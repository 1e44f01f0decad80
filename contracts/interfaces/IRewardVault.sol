// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Role} from "./IStakeRegistry.sol";

struct Claim {
    uint64 epoch;
    Role role;
    uint32 uid;
    uint256 amount;
    bytes32[] proof;
}

/// @notice Emission and payment. A settled epoch's payouts are minted to this contract at once, so that what
/// is promised is always there; each identity's owner is paid on claim.
interface IRewardVault {
    /// @param total for the claims under `root`.
    /// @param toTreasury minted to the treasury beside it.
    event EpochFunded(uint64 indexed epoch, bytes32 root, uint256 total, uint256 toTreasury, uint256 carried);
    event Claimed(uint64 indexed epoch, Role indexed role, uint32 indexed uid, address owner, uint256 amount);

    error NotSettler(address caller, address settler);
    error ExceedsAvailable(uint64 epoch, uint256 total, uint256 available);
    error EmissionZero();
    error AlreadyFunded(uint64 epoch);
    error NothingFunded(uint64 epoch);
    error AlreadyClaimed(uint64 epoch, Role role, uint32 uid);
    error ProofInvalid(uint64 epoch, Role role, uint32 uid, uint256 amount);

    /// @notice Mints `total` for the claims under `root` and carries the rest of the epoch's emission forward.
    /// A zero root voids the epoch. Restricted to the settlement.
    function fund(uint64 epoch, bytes32 root, uint256 total) external;

    /// @notice Pays the owner of an identity; anyone may call it.
    /// @param proof OpenZeppelin Merkle proof of the double-hashed leaf (epoch, role, uid, amount).
    function claim(uint64 epoch, Role role, uint32 uid, uint256 amount, bytes32[] calldata proof) external;

    function claimMany(Claim[] calldata claims) external;

    /// @notice Most that `epoch` adds to the emission: fixed at deployment, halved every `halvingEpochs` epochs.
    function scheduled(uint64 epoch) external view returns (uint256);

    /// @notice What `epoch` may pay miners and validators: its emission plus what was carried, within the token
    /// cap, less the treasury's share.
    function available(uint64 epoch) external view returns (uint256);

    /// @notice Emission of voided epochs and rounding dust, waiting for the next epoch.
    function carried() external view returns (uint256);

    function rootOf(uint64 epoch) external view returns (bytes32);

    function isClaimed(uint64 epoch, Role role, uint32 uid) external view returns (bool);
}
