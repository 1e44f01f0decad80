// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Verified rounds of one drand chain of the scheme bls-unchained-g1-rfc9380 (quicknet). Anyone may
/// submit any round in any order, so a gap never blocks a later round.
/// @dev Points are uncompressed, each field element left-padded to 64 bytes, as EIP-2537 takes them.
interface IDrandBeacon {
    event RoundSubmitted(uint64 indexed round, bytes32 randomness);

    error RoundUnknown(uint64 round);
    error RoundZero();
    error PublicKeyLength(uint256 length);
    /// @notice Not a point of G2 in the right subgroup, or the point at infinity.
    error PublicKeyInvalid();
    error PeriodZero();
    error SignatureLength(uint256 length);
    /// @notice A coordinate is out of range, or the point is off the curve or outside the subgroup.
    error SignatureMalformed(uint64 round);
    /// @notice A well-formed point that this chain's key did not sign this round with.
    error SignatureInvalid(uint64 round);

    /// @notice Verifies and stores a round. Does nothing when the round is already stored.
    /// @param signature 128 bytes, a point of G1.
    function submit(uint64 round, bytes calldata signature) external;

    /// @notice sha256 of the compressed signature, as drand defines it. Reverts with `RoundUnknown`.
    function randomness(uint64 round) external view returns (bytes32);

    function hasRound(uint64 round) external view returns (bool);

    /// @notice The latest round published at `timestamp` (seconds); 0 before the chain's genesis.
    function roundAt(uint256 timestamp) external view returns (uint64);

    /// @notice The first round published strictly after `timestamp` (seconds).
    function firstRoundAfter(uint256 timestamp) external view returns (uint64);

    /// @notice The 256-byte G2 point.
    function publicKey() external view returns (bytes memory);

    function genesisTime() external view returns (uint64);

    function period() external view returns (uint64);
}
