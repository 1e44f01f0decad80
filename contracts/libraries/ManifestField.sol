// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Reads a hash out of a policy's manifest: canonical JSON, which writes a quote within text as `\"`, so
/// that a key between quotes with its value can stand nowhere but as that key.
library ManifestField {
    bytes private constant TOKEN_TABLE = '"tokenTable":"0x';

    /// @param position where the key begins; false where no token table stands there.
    function tokenTable(bytes calldata manifest, uint256 position) internal pure returns (bool found, bytes32 value) {
        uint256 start = TOKEN_TABLE.length;
        if (position > manifest.length || manifest.length - position < start + 65) return (false, 0);
        bytes calldata field = manifest[position:position + start + 65];
        if (keccak256(field[:start]) != keccak256(TOKEN_TABLE) || field[start + 64] != '"') return (false, 0);
        uint256 number = 0;
        for (uint256 i = start; i < start + 64; ++i) {
            uint256 c = uint8(field[i]);
            bool digit = c >= 0x30 && c <= 0x39;
            if (!digit && (c < 0x61 || c > 0x66)) return (false, 0);
            number = (number << 4) | (digit ? c - 0x30 : c - 0x57);
        }
        return (true, bytes32(number));
    }
}
