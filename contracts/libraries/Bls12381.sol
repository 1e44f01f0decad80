// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice BLS signatures in G1 with keys in G2, on the precompiles of EIP-2537. Points are uncompressed,
/// coordinates left-padded to 64 bytes.
library Bls12381 {
    /// @notice The chain does not implement EIP-2537 (or modexp) and cannot verify beacons.
    error PrecompileMissing(address precompile);

    address private constant MODEXP = address(0x05);
    address private constant G1_ADD = address(0x0b);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    /// @dev In words, as DST_PRIME too, since a constant of bytes is copied to memory wherever it is used.
    bytes32 private constant FIELD_MODULUS_HIGH = hex"000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd7";
    bytes32 private constant FIELD_MODULUS_LOW = hex"64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    /// @dev (modulus - 1) / 2, split as a coordinate is: a larger y sets the compressed form's sign bit.
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    bytes private constant NEGATED_G2_GENERATOR =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bc"
        hex"b679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d"
        hex"993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @dev RFC 9380 DST_prime: the tag, then its length 43.
    bytes32 private constant DST_PRIME_HEAD = "BLS_SIG_BLS12381G1_XMD:SHA-256_S";
    bytes12 private constant DST_PRIME_TAIL = "SWU_RO_NUL_\x2b";

    /// @notice e(signature, -g2) * e(message, publicKey) == 1.
    /// @return wellFormed whether all points are in range, on their curve and in their subgroup.
    /// @return valid whether the signature verifies.
    function verify(
        bytes memory signature,
        bytes memory message,
        bytes memory publicKey
    ) internal view returns (bool wellFormed, bool valid) {
        bytes memory pairs = abi.encodePacked(signature, NEGATED_G2_GENERATOR, message, publicKey);
        address pairing = PAIRING;
        uint256 output;
        assembly ("memory-safe") {
            wellFormed := staticcall(gas(), pairing, add(pairs, 0x20), mload(pairs), 0x00, 0x20)
            wellFormed := and(wellFormed, eq(returndatasize(), 0x20))
            output := mload(0x00)
        }
        valid = wellFormed && output == 1;
    }

    /// @notice Whether `point` is a finite point of G2 in the prime-order subgroup.
    function isPublicKey(bytes memory point) internal view returns (bool) {
        bytes memory infinity = new bytes(128);
        (bool success, ) = PAIRING.staticcall(abi.encodePacked(infinity, point));
        return success && keccak256(point) != keccak256(new bytes(256));
    }

    /// @notice RFC 9380 hash_to_curve for BLS12381G1_XMD:SHA-256_SSWU_RO_ of a 32-byte message.
    function hashToG1(bytes32 message) internal view returns (bytes memory point) {
        (bytes32 b1, bytes32 b2, bytes32 b3, bytes32 b4) = _expandMessage(message);
        // Room for two points, each in place of the field element that it is mapped from, and then for their sum.
        point = new bytes(256);
        (uint256 first, uint256 second) = (_positionOf(point), _positionOf(point) + 128);
        _reduce(b1, b2, first);
        _call(MAP_FP_TO_G1, first, 64, first, 128);
        _reduce(b3, b4, second);
        _call(MAP_FP_TO_G1, second, 64, second, 128);
        _call(G1_ADD, first, 256, first, 128);
        assembly ("memory-safe") {
            mstore(point, 128)
        }
    }

    /// @notice The 48-byte form of a valid, finite point of G1.
    function compressG1(bytes memory point) internal pure returns (bytes memory) {
        (uint256 xHigh, uint256 xLow, uint256 yHigh, uint256 yLow) = abi.decode(
            point,
            (uint256, uint256, uint256, uint256)
        );
        bool large = yHigh > HALF_HIGH || (yHigh == HALF_HIGH && yLow > HALF_LOW);
        uint256 flags = large ? 0xa0 : 0x80;
        return abi.encodePacked(uint128(xHigh | (flags << 120)), xLow);
    }

    /// @dev expand_message_xmd with 128 bytes: a field element is made of each two words.
    function _expandMessage(bytes32 message) private pure returns (bytes32 b1, bytes32 b2, bytes32 b3, bytes32 b4) {
        bytes32 b0 = sha256(
            abi.encodePacked(bytes32(0), bytes32(0), message, uint16(128), uint8(0), DST_PRIME_HEAD, DST_PRIME_TAIL)
        );
        b1 = sha256(abi.encodePacked(b0, uint8(1), DST_PRIME_HEAD, DST_PRIME_TAIL));
        b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), DST_PRIME_HEAD, DST_PRIME_TAIL));
        b3 = sha256(abi.encodePacked(b0 ^ b2, uint8(3), DST_PRIME_HEAD, DST_PRIME_TAIL));
        b4 = sha256(abi.encodePacked(b0 ^ b3, uint8(4), DST_PRIME_HEAD, DST_PRIME_TAIL));
    }

    /// @dev 64 bytes modulo the field, as value^1 mod p.
    function _reduce(bytes32 high, bytes32 low, uint256 output) private view {
        bytes memory input = abi.encodePacked(
            uint256(64), uint256(1), uint256(64), high, low, uint8(1), FIELD_MODULUS_HIGH, FIELD_MODULUS_LOW
        );
        _call(MODEXP, _positionOf(input), input.length, output, 64);
    }

    /// @dev For inputs that are valid by construction: a failure means that the chain lacks EIP-2537.
    function _call(address precompile, uint256 input, uint256 size, uint256 output, uint256 outputSize) private view {
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), precompile, input, size, output, outputSize)
            success := and(success, eq(returndatasize(), outputSize))
        }
        require(success, PrecompileMissing(precompile));
    }

    /// @dev Where in memory the content begins.
    function _positionOf(bytes memory array) private pure returns (uint256 position) {
        assembly ("memory-safe") {
            position := add(array, 0x20)
        }
    }
}
