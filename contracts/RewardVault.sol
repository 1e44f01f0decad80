// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IParams} from "./interfaces/IParams.sol";
import {Claim, IRewardVault} from "./interfaces/IRewardVault.sol";
import {IStakeRegistry, Role} from "./interfaces/IStakeRegistry.sol";
import {MerkleRoot} from "./libraries/MerkleRoot.sol";
import {SubnetToken} from "./SubnetToken.sol";

contract RewardVault is IRewardVault, ReentrancyGuardTransient {
    using SafeERC20 for SubnetToken;
    using BitMaps for BitMaps.BitMap;

    uint256 private constant PPM = 1_000_000;

    /// @notice The Settlement, which alone says what an epoch pays: no vote can name another.
    address public immutable settler;
    SubnetToken public immutable token;
    IStakeRegistry public immutable registry;
    IParams public immutable params;
    /// @notice Gets its share of what is paid; zero where there is none.
    address public immutable treasury;
    /// @notice Scheduled for each epoch before the first halving.
    uint256 public immutable firstEmission;
    /// @notice Epochs between halvings; 0 keeps the emission constant until the cap.
    uint256 public immutable halvingEpochs;
    /// @notice All that can ever be emitted. Burned tokens do not return to it.
    uint256 public immutable budget;

    uint256 public carried;
    /// @notice Minted so far, claimed or not.
    uint256 public emitted;

    mapping(uint64 epoch => bytes32) public rootOf;
    /// @dev Indexed by epoch, so that one slot serves 256 epochs of one identity.
    mapping(Role => mapping(uint32 uid => BitMaps.BitMap)) private _claimed;

    constructor(
        address settler_,
        SubnetToken token_,
        IStakeRegistry registry_,
        IParams params_,
        address treasury_,
        uint128 firstEmission_,
        uint32 halvingEpochs_
    ) {
        settler = settler_;
        token = token_;
        registry = registry_;
        params = params_;
        require(firstEmission_ > 0, EmissionZero());
        treasury = treasury_;
        firstEmission = firstEmission_;
        halvingEpochs = halvingEpochs_;
        budget = token_.cap() - token_.totalSupply();
    }

    function fund(uint64 epoch, bytes32 root, uint256 total) external nonReentrant {
        require(msg.sender == settler, NotSettler(msg.sender, settler));
        require(rootOf[epoch] == 0, AlreadyFunded(epoch));
        (uint256 pool, uint256 treasuryShare) = _split(epoch);
        require(total <= pool, ExceedsAvailable(epoch, total, pool));
        // A voided epoch rolls over whole.
        uint256 toTreasury = total > 0 ? treasuryShare : 0;
        uint256 left = pool + treasuryShare - total - toTreasury;

        rootOf[epoch] = root;
        carried = left;
        emitted += total + toTreasury;

        emit EpochFunded(epoch, root, total, toTreasury, left);
        if (total > 0) token.mint(address(this), total);
        if (toTreasury > 0) token.mint(treasury, toTreasury);
    }

    function claim(uint64 epoch, Role role, uint32 uid, uint256 amount, bytes32[] calldata proof) external nonReentrant {
        _claim(epoch, role, uid, amount, proof);
    }

    function claimMany(Claim[] calldata claims) external nonReentrant {
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata c = claims[i];
            _claim(c.epoch, c.role, c.uid, c.amount, c.proof);
        }
    }

    function scheduled(uint64 epoch) public view returns (uint256) {
        return halvingEpochs == 0 ? firstEmission : firstEmission >> (epoch / halvingEpochs);
    }

    function available(uint64 epoch) external view returns (uint256 pool) {
        (pool, ) = _split(epoch);
    }

    function isClaimed(uint64 epoch, Role role, uint32 uid) public view returns (bool) {
        return _claimed[role][uid].get(epoch);
    }

    function _split(uint64 epoch) private view returns (uint256 pool, uint256 treasuryShare) {
        (uint128 emissionPerEpoch, uint32 treasurySharePpm) = params.emissionAt(epoch);
        uint256 emission = Math.min(emissionPerEpoch, scheduled(epoch));
        pool = Math.min(emission + carried, budget - emitted);
        if (treasury != address(0)) treasuryShare = Math.mulDiv(pool, treasurySharePpm, PPM);
        pool -= treasuryShare;
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
