// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice Reads one rollout out of a group's canonical CBOR (RFC 8949 section 4.2.1), the bytes that a leaf
/// commits to. Anything but the schema of shared/protocol/parse-bundle.ts in its one canonical form reverts.
/// @dev Values that no proof needs are passed over by their declared length, which must lie within the bytes;
/// nothing is allocated but the tokens of the rollout asked for.
library GroupReader {
    error GroupMalformed(uint256 position);

    struct Rollout {
        uint256 reward;
        uint256[] tokens;
    }

    uint256 private constant UINT = 0;
    uint256 private constant BYTES = 2;
    uint256 private constant TEXT = 3;
    uint256 private constant ARRAY = 4;

    /// @return index the group's own.
    function read(
        bytes calldata data,
        uint256 groupSize,
        uint256 wanted
    ) internal pure returns (uint256 index, Rollout memory rollout) {
        uint256 position = _expect(data, 0, hex"a365696e646578");
        (index, position) = _head(data, position, UINT);
        position = _expect(data, position, hex"6670726f6d70745820");
        position = _skip(data, position, 32);
        position = _expect(data, position, hex"68726f6c6c6f757473");
        uint256 count;
        (count, position) = _head(data, position, ARRAY);
        require(count == groupSize && wanted < count, GroupMalformed(position));
        for (uint256 r = 0; r < count; ++r) {
            if (r == wanted) (rollout, position) = _rollout(data, position);
            else position = _skipRollout(data, position);
        }
        require(position == data.length, GroupMalformed(position));
    }

    function _rollout(
        bytes calldata data,
        uint256 position
    ) private pure returns (Rollout memory rollout, uint256 end) {
        uint256 count;
        (rollout.reward, count, position) = _untilTokens(data, position);
        // A token is at least a byte: what is allocated never exceeds what was sent.
        require(count <= data.length - position, GroupMalformed(position));
        rollout.tokens = new uint256[](count);
        for (uint256 t = 0; t < count; ++t) (rollout.tokens[t], position) = _head(data, position, UINT);
        end = _afterTokens(data, position);
    }

    function _skipRollout(bytes calldata data, uint256 position) private pure returns (uint256) {
        uint256 count;
        (, count, position) = _untilTokens(data, position);
        for (uint256 t = 0; t < count; ++t) (, position) = _head(data, position, UINT);
        return _afterTokens(data, position);
    }

    function _untilTokens(
        bytes calldata data,
        uint256 position
    ) private pure returns (uint256 reward, uint256 count, uint256 end) {
        position = _expect(data, position, hex"a56666696e697368");
        position = _finish(data, position);
        position = _expect(data, position, hex"66726577617264");
        (reward, position) = _head(data, position, UINT);
        position = _expect(data, position, hex"66746f6b656e73");
        (count, end) = _head(data, position, ARRAY);
    }

    function _afterTokens(bytes calldata data, uint256 position) private pure returns (uint256) {
        uint256 length;
        position = _expect(data, position, hex"686c6f6770726f6273");
        (length, position) = _head(data, position, BYTES);
        position = _skip(data, position, length);
        position = _expect(data, position, hex"68736b657463686573");
        (length, position) = _head(data, position, BYTES);
        return _skip(data, position, length);
    }

    /// @dev "end" or "length".
    function _finish(bytes calldata data, uint256 position) private pure returns (uint256) {
        (uint256 length, ) = _head(data, position, TEXT);
        return _expect(data, position, length == 3 ? bytes(hex"63656e64") : bytes(hex"666c656e677468"));
    }

    /// @dev The head of an item of the given type, in the shortest form of its number.
    function _head(bytes calldata data, uint256 position, uint256 kind) private pure returns (uint256 value, uint256 end) {
        require(position < data.length, GroupMalformed(position));
        uint256 first = uint8(data[position]);
        require(first >> 5 == kind, GroupMalformed(position));
        value = first & 31;
        end = position + 1;
        if (value < 24) return (value, end);
        require(value < 28, GroupMalformed(position));
        uint256 size = 1 << (value - 24);
        require(size <= data.length - end, GroupMalformed(position));
        uint256 least = size == 1 ? 24 : 1 << (4 * size);
        value = uint256(bytes32(data[end:end + size])) >> (256 - 8 * size);
        require(value >= least, GroupMalformed(position));
        end += size;
    }

    function _expect(bytes calldata data, uint256 position, bytes memory expected) private pure returns (uint256 end) {
        end = _skip(data, position, expected.length);
        require(keccak256(data[position:end]) == keccak256(expected), GroupMalformed(position));
    }

    function _skip(bytes calldata data, uint256 position, uint256 length) private pure returns (uint256) {
        require(position <= data.length && length <= data.length - position, GroupMalformed(position));
        return position + length;
    }
}
