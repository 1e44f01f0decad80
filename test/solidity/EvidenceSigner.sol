// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {EvidenceOpening} from "../../contracts/interfaces/IDisputes.sol";
import {Deeds} from "./Deeds.sol";
import {vm} from "./Vm.sol";

/// @notice Signs openings as a validator's hot key does (EIP-712).
abstract contract EvidenceSigner is Deeds {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant OPENING =
        keccak256("EvidenceOpening(uint64 epoch,uint32 validatorUid,bytes32 rowDigest,bytes32 evidenceRoot)");

    function _sign(EvidenceOpening memory o, uint256 secret) internal view returns (bytes memory) {
        bytes32 content = keccak256(abi.encode(OPENING, o.epoch, o.validatorUid, o.rowDigest, o.evidenceRoot));
        bytes32 domain = keccak256(
            abi.encode(DOMAIN, keccak256("Rollproof"), keccak256("1"), block.chainid, address(disputes))
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            secret,
            keccak256(abi.encodePacked("\x19\x01", domain, content))
        );
        return abi.encodePacked(r, s, v);
    }
}
