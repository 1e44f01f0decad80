// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ChaCha20} from "../libraries/ChaCha20.sol";
import {GroupReader} from "../libraries/GroupReader.sol";
import {ManifestField} from "../libraries/ManifestField.sol";
import {SatProblem} from "../libraries/SatProblem.sol";

/// @notice Never deployed: lets tests compare the libraries of disputes with their TypeScript originals.
contract SatHarness {
    function keystream(bytes32 key, uint32 counter) external pure returns (uint256[4] memory) {
        return ChaCha20.keystream(key, counter);
    }

    function judge(
        bytes32[] calldata seeds,
        bytes[] calldata texts
    ) external pure returns (SatProblem.Problem[] memory problems, uint256[] memory rewards) {
        problems = new SatProblem.Problem[](seeds.length);
        rewards = new uint256[](seeds.length);
        for (uint256 i = 0; i < seeds.length; ++i) {
            problems[i] = SatProblem.derive(seeds[i]);
            rewards[i] = SatProblem.judge(problems[i], texts[i]);
        }
    }

    function readGroup(
        bytes calldata data,
        uint256 groupSize,
        uint256 wanted
    ) external pure returns (uint256 index, GroupReader.Rollout memory rollout) {
        return GroupReader.read(data, groupSize, wanted);
    }

    function tokenTable(bytes calldata manifest, uint256 position) external pure returns (bool, bytes32) {
        return ManifestField.tokenTable(manifest, position);
    }
}
