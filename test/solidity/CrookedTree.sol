// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Leaf, SatProof, TokenText} from "../../contracts/interfaces/IDisputes.sol";
import {CommitmentTree} from "../../contracts/libraries/CommitmentTree.sol";

/// @notice What is wrong with a tree that a key committed to.
enum Flaw {
    None,
    ForeignLeaf,
    TwiceOneGroup,
    TooFewGroups,
    FalseReward
}

/// @notice The smallest trees with one thing wrong, or nothing. All belong to a policy whose only token says "no",
/// which answers no problem.
library CrookedTree {
    /// @dev Beyond every commitment's groups.
    uint32 private constant FOREIGN = 9_999;
    uint32 private constant TOKEN = 7;
    bytes private constant SAYS = "no";

    struct Tree {
        Flaw flaw;
        uint64 window;
        uint32 uid;
        bytes32 salt;
    }

    function root(Tree memory t) internal pure returns (bytes32) {
        bytes32 first = CommitmentTree.hash(leaf(t));
        if (t.flaw == Flaw.TwiceOneGroup) return Hashes.commutativeKeccak256(first, CommitmentTree.hash(second(t)));
        if (t.flaw == Flaw.TooFewGroups) return CommitmentTree.seal(first, t.salt);
        return first;
    }

    function leaf(Tree memory t) internal pure returns (Leaf memory) {
        bytes32 content = t.flaw == Flaw.FalseReward ? keccak256(group(t)) : t.salt;
        return Leaf(t.window, t.uid, t.flaw == Flaw.ForeignLeaf ? FOREIGN : 0, content);
    }

    /// @notice The other leaf of a group that is there twice.
    function second(Tree memory t) internal pure returns (Leaf memory) {
        return Leaf(t.window, t.uid, 0, ~t.salt);
    }

    /// @notice Canonical CBOR of group 0: four rollouts of one token, each claiming the whole reward.
    function group(Tree memory t) internal pure returns (bytes memory) {
        bytes memory rollout = abi.encodePacked(
            hex"a5", "\x66finish\x63end", "\x66reward", hex"1a000f4240", "\x66tokens", hex"8107",
            "\x68logprobs", hex"40", "\x68sketches", hex"40"
        );
        bytes memory head = abi.encodePacked(hex"a3", "\x65index", hex"00", "\x66prompt", hex"5820", t.salt);
        return bytes.concat(head, "\x68rollouts", hex"84", rollout, rollout, rollout, rollout);
    }

    function satProof(Tree memory t) internal pure returns (SatProof memory proof) {
        proof.groupBytes = group(t);
        proof.rollout = uint32(uint256(t.salt) % 4);
        proof.manifest = manifest();
        proof.tokenTableAt = 1;
        proof.texts = new TokenText[](1);
        proof.texts[0] = TokenText(TOKEN, SAYS, new bytes32[](0));
    }

    function manifest() internal pure returns (bytes memory) {
        bytes32 table = keccak256(bytes.concat(keccak256(abi.encode(TOKEN, SAYS))));
        return bytes.concat('{"tokenTable":"0x', _hex(table), '"}');
    }

    function _hex(bytes32 word) private pure returns (bytes memory text) {
        text = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            uint256 digit = (uint256(word) >> (252 - 4 * i)) & 15;
            text[i] = bytes1(uint8(digit < 10 ? 0x30 + digit : 0x57 + digit));
        }
    }
}
