// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IParams} from "./interfaces/IParams.sol";
import {Claim, IRewardVault} from "./interfaces/IRewardVault.sol";
import {IStakeRegistry, Role} from "./interfaces/IStakeRegistry.sol";
import {MerkleRoot} from "./libraries/MerkleRoot.sol";
import {SubnetToken} from "./SubnetToken.sol";

contract RewardVault is IRewardVault, AccessManaged {
    using SafeERC20 for SubnetToken;
    using BitMaps for BitMaps.BitMap;

    SubnetToken public immutable token;
    IStakeRegistry public immutable registry;
    IParams public immutable params;
    /// @notice All that can ever be emitted. Burned tokens do not return to it.
    uint256 public immutable budget;

    uint256 public carried;
    /// @notice Minted so far, claimed or not.
    uint256 public emitted;

    mapping(uint64 epoch => bytes32) public rootOf;
    /// @dev Indexed by epoch, so that one slot serves 256 epochs of one identity.
    mapping(Role => mapping(uint32 uid => BitMaps.BitMap)) private _claimed;

    constructor(
        address authority,
        SubnetToken token_,
        IStakeRegistry registry_,
        IParams params_
    ) AccessManaged(authority) {
        token = token_;
        registry = registry_;
        params = params_;
        budget = token_.cap() - token_.totalSupply();
    }

    function fund(uint64 epoch, bytes32 root, uint256 total) external restricted {
        require(rootOf[epoch] == 0, AlreadyFunded(epoch));
        uint256 pool = available(epoch);
        require(total <= pool, ExceedsAvailable(epoch, total, pool));
        uint256 left = pool - total;

        rootOf[epoch] = root;
        carried = left;
        emitted += total;

        emit EpochFunded(epoch, root, total, left);
        if (total > 0) token.mint(address(this), total);
    }

    function claim(uint64 epoch, Role role, uint32 uid, uint256 amount, bytes32[] calldata proof) external {
        _claim(epoch, role, uid, amount, proof);
    }

    function claimMany(Claim[] calldata claims) external {
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata c = claims[i];
            _claim(c.epoch, c.role, c.uid, c.amount, c.proof);
        }
    }

    function available(uint64 epoch) public view returns (uint256) {
        return Math.min(uint256(params.rulesAt(epoch).emissionPerEpoch) + carried, budget - emitted);
    }

    function isClaimed(uint64 epoch, Role role, uint32 uid) public view returns (bool) {
        return _claimed[role][uid].get(epoch);
    }

    function _claim(uint64 epoch, Role role, uint32 uid, uint256 amount, bytes32[] calldata proof) private {
        bytes32 root = rootOf[epoch];
        require(root != 0, NothingFunded(epoch));
        require(!isClaimed(epoch, role, uid), AlreadyClaimed(epoch, role, uid));
        bytes32 leaf = MerkleRoot.leaf(epoch, uint8(role), uid, amount);
        require(MerkleProof.verifyCalldata(proof, root, leaf), ProofInvalid(epoch, role, uid, amount));
        address owner = registry.ownerOf(role, uid);

        _claimed[role][uid].set(epoch);

        emit Claimed(epoch, role, uid, owner, amount);
        token.safeTransfer(owner, amount);
    }
}
