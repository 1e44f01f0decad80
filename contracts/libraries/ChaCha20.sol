// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice One block of the ChaCha20 keystream (RFC 8439) under a zero nonce.
/// @dev A row of the state is one word of four lanes, 64 bits apart, so that four quarter rounds run at once and
/// a rotation has room above each lane.
library ChaCha20 {
    uint256 private constant LANES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    /// @dev "expand 32-byte k", little-endian, the first word in the lowest lane.
    uint256 private constant CONSTANTS = 0x000000006b2065740000000079622d32000000003320646e0000000061707865;

    /// @return rows words 4r … 4r + 3 of the block in row r, the first in the lowest lane.
    function keystream(bytes32 key, uint32 counter) internal pure returns (uint256[4] memory rows) {
        uint256 k0 = _littleEndian(uint256(key) >> 128);
        uint256 k1 = _littleEndian(uint128(uint256(key)));
        (uint256 a, uint256 b, uint256 c, uint256 d) = (CONSTANTS, k0, k1, uint256(counter));
        unchecked {
            for (uint256 i = 0; i < 10; ++i) {
                (a, b, c, d) = _quarterRounds(a, b, c, d);
                (b, c, d) = (_turn(b, 64), _turn(c, 128), _turn(d, 192));
                (a, b, c, d) = _quarterRounds(a, b, c, d);
                (b, c, d) = (_turn(b, 192), _turn(c, 128), _turn(d, 64));
            }
            rows[0] = (a + CONSTANTS) & LANES;
            rows[1] = (b + k0) & LANES;
            rows[2] = (c + k1) & LANES;
            rows[3] = (d + counter) & LANES;
        }
    }

    function _quarterRounds(
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 d
    ) private pure returns (uint256, uint256, uint256, uint256) {
        unchecked {
            a = (a + b) & LANES;
            d = _rotate(d ^ a, 16);
            c = (c + d) & LANES;
            b = _rotate(b ^ c, 12);
            a = (a + b) & LANES;
            d = _rotate(d ^ a, 8);
            c = (c + d) & LANES;
            b = _rotate(b ^ c, 7);
        }
        return (a, b, c, d);
    }

    /// @dev Every lane by `bits` to the left.
    function _rotate(uint256 x, uint256 bits) private pure returns (uint256) {
        unchecked {
            return ((x << bits) | (x >> (32 - bits))) & LANES;
        }
    }

    /// @dev The lanes themselves, towards the lowest.
    function _turn(uint256 x, uint256 bits) private pure returns (uint256) {
        unchecked {
            return (x >> bits) | (x << (256 - bits));
        }
    }

    /// @dev Sixteen bytes as four little-endian words, the first in the lowest lane.
    function _littleEndian(uint256 bytes16_) private pure returns (uint256 lanes) {
        unchecked {
            for (uint256 i = 0; i < 4; ++i) {
                uint256 w = (bytes16_ >> (96 - 32 * i)) & 0xffffffff;
                w = (w >> 24) | ((w >> 8) & 0xff00) | ((w << 8) & 0xff0000) | ((w << 24) & 0xff000000);
                lanes |= w << (64 * i);
            }
        }
    }
}
