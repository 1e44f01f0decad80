// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IDisputes} from "../../contracts/interfaces/IDisputes.sol";
import {IDrandBeacon} from "../../contracts/interfaces/IDrandBeacon.sol";
import {IParams, Rules} from "../../contracts/interfaces/IParams.sol";
import {IPolicyRegistry} from "../../contracts/interfaces/IPolicyRegistry.sol";
import {IRewardVault} from "../../contracts/interfaces/IRewardVault.sol";
import {IRolloutLog, Schedule} from "../../contracts/interfaces/IRolloutLog.sol";
import {IScoreBook} from "../../contracts/interfaces/IScoreBook.sol";
import {ISettlement} from "../../contracts/interfaces/ISettlement.sol";
import {IStakeRegistry, RegistrationTerms} from "../../contracts/interfaces/IStakeRegistry.sol";
import {vm} from "./Vm.sol";

interface IToken is IERC20 {
    function mint(address to, uint256 amount) external;

    function burn(uint256 amount) external;

    function cap() external view returns (uint256);

    function delegate(address delegatee) external;

    function minter() external view returns (address);
}

interface IVault is IRewardVault {
    function emitted() external view returns (uint256);

    function budget() external view returns (uint256);

    function settler() external view returns (address);
}

interface IRegistry is IStakeRegistry {
    function slasher() external view returns (address);
}

/// @notice A whole subnet from its own artifacts. The deploying test keeps the administration, as the timelock
/// would have it.
abstract contract World {
    uint256 internal constant ONE = 1e18;
    uint256 internal constant GENESIS = 900_000 * ONE;
    uint256 internal constant FIRST_EMISSION = 10_000 * ONE + 7;
    uint256 internal constant HALVING_EPOCHS = 6;
    uint64 internal constant START = 100;
    uint64 internal constant WINDOW_BLOCKS = 12;
    uint64 internal constant COMMIT_BLOCKS = 6;
    uint64 internal constant EPOCH_WINDOWS = 2;
    uint64 internal constant EPOCH_BLOCKS = WINDOW_BLOCKS * EPOCH_WINDOWS;
    uint64 internal constant REVEAL_BLOCKS = 6;
    uint40 internal constant UNBONDING_BLOCKS = 5 * uint40(EPOCH_BLOCKS);
    /// @dev The generator of G2: the key whose secret is one, so that a round's signature is its message's own point
    /// and any actor can bring it.
    bytes private constant BEACON_KEY =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351a"
        hex"adfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
        hex"000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99"
        hex"cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";

    IAccessManager internal manager;
    IToken public token;
    IParams public params;
    IRegistry public registry;
    IDrandBeacon public beacon;
    IRolloutLog public rolloutLog;
    IPolicyRegistry public policies;
    IScoreBook public scoreBook;
    IVault public vault;
    ISettlement public settlement;
    IDisputes public disputes;
    address public treasury;

    function _deploySubnet(address treasury_) internal {
        manager = IAccessManager(_deploy("AccessManager", abi.encode(address(this))));
        token = IToken(
            _deploy(
                "SubnetToken",
                abi.encode(_next(7), "Test", "TST", 1_000_000 * ONE, GENESIS, address(this))
            )
        );
        _deployAround(treasury_);
        require(token.minter() == address(vault), "the token obeys another vault");
    }

    /// @dev The subnet around any token.
    function _deployAround(address treasury_) internal {
        treasury = treasury_;
        Rules memory rules = _genesisRules();
        params = IParams(_deploy("Params", abi.encode(address(this), token, START, EPOCH_BLOCKS, rules)));
        RegistrationTerms memory terms = RegistrationTerms(uint128(ONE / 2), 50);
        registry = IRegistry(
            _deploy(
                "StakeRegistry",
                abi.encode(_next(7), token, params, UNBONDING_BLOCKS, treasury_, terms)
            )
        );
        beacon = IDrandBeacon(_deploy("DrandBeacon", abi.encode(BEACON_KEY, uint64(1_600_000_000), uint64(3))));
        Schedule memory schedule = Schedule(START, WINDOW_BLOCKS, COMMIT_BLOCKS, EPOCH_WINDOWS, REVEAL_BLOCKS, 3);
        rolloutLog = IRolloutLog(_deploy("RolloutLog", abi.encode(registry, params, beacon, schedule)));
        policies = IPolicyRegistry(_deploy("PolicyRegistry", abi.encode(address(manager), rolloutLog, registry, params, uint64(6))));
        scoreBook = IScoreBook(_deploy("ScoreBook", abi.encode(registry, rolloutLog)));
        vault = IVault(
            _deploy(
                "RewardVault",
                abi.encode(
                    _next(1),
                    token,
                    registry,
                    params,
                    treasury_,
                    uint128(FIRST_EMISSION),
                    uint32(HALVING_EPOCHS)
                )
            )
        );
        settlement = ISettlement(
            _deploy("Settlement", abi.encode(registry, params, rolloutLog, scoreBook, vault))
        );
        disputes = IDisputes(_deploy("Disputes", abi.encode(registry, params, rolloutLog, scoreBook, policies)));
        require(vault.settler() == address(settlement), "the vault obeys another settlement");
        require(registry.slasher() == address(disputes), "the registry obeys other disputes");
    }

    function _genesisRules() internal pure returns (Rules memory rules) {
        rules.groupSize = 4;
        rules.maxGroups = 100;
        rules.auditFloor = 1;
        rules.sketchPositions = 4;
        rules.kappa = 32_767;
        rules.bondsPenalty = 65_535;
        rules.auditRatePpm = 100_000;
        rules.minerSharePpm = 500_000;
        rules.quorumPpm = 666_667;
        rules.scoreBasePpm = 1_000_000;
        rules.scoreCorrectnessPpm = 1_000_000;
        rules.minMinerStake = uint96(10 * ONE);
        rules.minValidatorStake = uint96(100 * ONE);
        rules.emissionPerEpoch = type(uint128).max;
        rules.treasurySharePpm = 50_000;
        rules.bondsMovingAveragePpm = 900_000;
        rules.nonRevealSlashPpm = 10_000;
        rules.faultSlashPpm = 500_000;
    }

    function _epochStart(uint64 epoch) internal pure returns (uint256) {
        return START + uint256(epoch) * EPOCH_BLOCKS;
    }

    function _scoreCommitStart(uint64 epoch) internal pure returns (uint256) {
        return _epochStart(epoch + 1) - (WINDOW_BLOCKS - COMMIT_BLOCKS);
    }

    function _revealEnd(uint64 epoch) internal pure returns (uint256) {
        return _epochStart(epoch + 1) + REVEAL_BLOCKS;
    }

    function _deploy(string memory name, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
        }
        require(deployed != address(0), name);
    }

    /// @dev Where the next contract but `others` goes: contracts name each other in their constructors.
    function _next(uint64 others) private view returns (address) {
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + others);
    }
}
