// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IDrandBeacon} from "./interfaces/IDrandBeacon.sol";
import {Bls12381} from "./libraries/Bls12381.sol";

contract DrandBeacon is IDrandBeacon {
    uint64 public immutable genesisTime;
    uint64 public immutable period;

    /// @dev Eight words instead of bytes: code is cheaper to read than storage, and bytes cannot be immutable.
    bytes32 private immutable _key0;
    bytes32 private immutable _key1;
    bytes32 private immutable _key2;
    bytes32 private immutable _key3;
    bytes32 private immutable _key4;
    bytes32 private immutable _key5;
    bytes32 private immutable _key6;
    bytes32 private immutable _key7;

    mapping(uint64 round => bytes32) private _randomness;

    constructor(bytes memory publicKey_, uint64 genesisTime_, uint64 period_) {
        require(publicKey_.length == 256, PublicKeyLength(publicKey_.length));
        require(Bls12381.isPublicKey(publicKey_), PublicKeyInvalid());
        require(period_ > 0, PeriodZero());
        genesisTime = genesisTime_;
        period = period_;
        (_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7) = abi.decode(
            publicKey_,
            (bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32)
        );
    }

    function submit(uint64 round, bytes calldata signature) external {
        if (_randomness[round] != 0) return;
        require(round > 0, RoundZero());
        require(signature.length == 128, SignatureLength(signature.length));
        bytes memory message = Bls12381.hashToG1(sha256(abi.encodePacked(round)));
        (bool wellFormed, bool valid) = Bls12381.verify(signature, message, publicKey());
        require(wellFormed, SignatureMalformed(round));
        require(valid, SignatureInvalid(round));

        bytes32 random = sha256(Bls12381.compressG1(signature));
        _randomness[round] = random;

        emit RoundSubmitted(round, random);
    }

    function randomness(uint64 round) external view returns (bytes32 random) {
        random = _randomness[round];
        require(random != 0, RoundUnknown(round));
    }

    function hasRound(uint64 round) external view returns (bool) {
        return _randomness[round] != 0;
    }

    function roundAt(uint256 timestamp) public view returns (uint64) {
        return timestamp < genesisTime ? 0 : uint64((timestamp - genesisTime) / period) + 1;
    }

    function firstRoundAfter(uint256 timestamp) external view returns (uint64) {
        return roundAt(timestamp) + 1;
    }

    function publicKey() public view returns (bytes memory) {
        return abi.encodePacked(_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7);
    }
}
