// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IParams} from "./interfaces/IParams.sol";
import {IStakeRegistry, RegistrationTerms, Role, Seat, Signer, Standing} from "./interfaces/IStakeRegistry.sol";
import {RegistrationPrice} from "./libraries/RegistrationPrice.sol";
import {SubnetToken} from "./SubnetToken.sol";

contract StakeRegistry is IStakeRegistry, ReentrancyGuardTransient {
    using SafeERC20 for SubnetToken;
    using Checkpoints for Checkpoints.Trace160;
    using Checkpoints for Checkpoints.Trace208;
    using BitMaps for BitMaps.BitMap;

    /// @dev One slot, so that an identity costs two with its signer.
    struct Bond {
        address hotKey;
        uint96 stake;
    }

    /// @dev Both roles' in one slot.
    struct Roll {
        uint32 count;
        /// @dev Block of the latest registration.
        uint40 pricedAt;
        /// @dev Of the price floor, in RegistrationPrice.UNIT, right after that registration.
        uint56 multiple;
    }

    /// @notice Disputes, which alone take stake: no vote can name another.
    address public immutable slasher;
    SubnetToken public immutable token;
    IParams public immutable params;
    uint40 public immutable unbondingBlocks;
    /// @notice Where slashed tokens and prices go; zero burns them.
    address public immutable treasury;
    uint128 private immutable _priceFloor;
    uint40 private immutable _priceHalvingBlocks;
    uint64 private immutable _startBlock;
    uint64 private immutable _epochBlocks;

    Roll[2] private _rolls;
    /// @dev Paid and not yet swept: burning right away would cost every newcomer a checkpoint of the supply.
    uint256 private _prices;
    mapping(address hotKey => Signer) private _signers;
    mapping(Role => mapping(uint32 uid => Bond)) private _bonds;
    mapping(Role => mapping(uint32 uid => uint40)) private _exits;
    /// @dev Empty until a stake first changes: until then the bond itself is the history.
    mapping(Role => mapping(uint32 uid => Checkpoints.Trace208)) private _history;
    /// @dev Empty until the hot key is first rotated: until then the bond's is the only one.
    mapping(Role => mapping(uint32 uid => Checkpoints.Trace160)) private _hotKeys;
    /// @dev Who has a history: whoever reads many stakes learns it of 256 identities with one load.
    mapping(Role => BitMaps.BitMap) private _changed;

    constructor(
        address slasher_,
        SubnetToken token_,
        IParams params_,
        uint40 unbondingBlocks_,
        address treasury_,
        RegistrationTerms memory terms
    ) {
        require(
            terms.floor > 0 && terms.halvingBlocks > 0,
            RegistrationTermsImpossible(terms.floor, terms.halvingBlocks)
        );
        slasher = slasher_;
        token = token_;
        params = params_;
        unbondingBlocks = unbondingBlocks_;
        treasury = treasury_;
        _priceFloor = terms.floor;
        _priceHalvingBlocks = terms.halvingBlocks;
        _startBlock = params_.startBlock();
        _epochBlocks = params_.epochBlocks();
    }

    function register(
        Role role,
        address hotKey,
        uint256 amount,
        uint256 maxPrice
    ) external nonReentrant returns (uint32 uid) {
        uint256 minimum = _minimumStake(role);
        require(amount >= minimum, StakeTooSmall(role, amount, minimum));
        require(amount <= type(uint96).max, StakeTooLarge(amount, type(uint96).max));
        _requireFreeHotKey(hotKey, msg.sender);
        Roll memory roll = _rolls[uint8(role)];
        uint256 multiple = _multiple(roll);
        uint256 price = RegistrationPrice.priceDown(_priceFloor, multiple);
        require(price <= maxPrice, PriceAboveMaximum(price, maxPrice));

        uid = roll.count;
        _rolls[uint8(role)] = Roll(uid + 1, uint40(block.number), RegistrationPrice.raise(multiple));
        _prices += price;
        _bonds[role][uid] = Bond(hotKey, uint96(amount));
        _signers[hotKey] = Signer(msg.sender, uid, uint40(block.number), role, Standing.Active);

        emit Registered(role, uid, msg.sender, hotKey, amount, price);
        token.safeTransferFrom(msg.sender, address(this), amount + price);
    }

    function stake(Role role, uint32 uid, uint256 amount) external nonReentrant {
        (Bond storage bond, Signer storage signer) = _ofActiveOwner(role, uid);
        require(amount > 0, AmountZero());
        require(amount <= type(uint96).max - bond.stake, StakeTooLarge(amount, type(uint96).max - bond.stake));
        uint96 total = bond.stake + uint96(amount);

        _record(role, uid, bond, signer, total);
        bond.stake = total;

        emit Staked(role, uid, amount, total);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function requestUnstake(Role role, uint32 uid) external {
        (Bond storage bond, Signer storage signer) = _ofActiveOwner(role, uid);
        _record(role, uid, bond, signer, 0);
        _leave(role, uid, bond.stake, signer);
    }

    function decommission(Role role, uint32 uid) external {
        (Bond storage bond, Signer storage signer) = _find(role, uid);
        require(signer.standing == Standing.Active, NotActive(role, uid, signer.standing));
        uint256 minimum = _minimumStake(role);
        require(bond.stake < minimum, StakeSuffices(role, uid, bond.stake, minimum));
        _record(role, uid, bond, signer, 0);
        _leave(role, uid, bond.stake, signer);
    }

    function withdraw(Role role, uint32 uid) external nonReentrant {
        (Bond storage bond, Signer storage signer) = _ofOwner(role, uid);
        require(signer.standing == Standing.Exiting, NotExiting(role, uid, signer.standing));
        uint40 exitAt = _exits[role][uid];
        require(block.number >= exitAt, StillBonded(role, uid, exitAt, block.number));

        uint256 amount = bond.stake;
        bond.stake = 0;
        signer.standing = Standing.Retired;

        emit Withdrawn(role, uid, msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    function rotateHotKey(Role role, uint32 uid, address newHotKey) external {
        (Bond storage bond, Signer storage signer) = _ofActiveOwner(role, uid);
        _requireFreeHotKey(newHotKey, msg.sender);
        address oldHotKey = bond.hotKey;

        Checkpoints.Trace160 storage keys = _hotKeys[role][uid];
        if (keys.length() == 0) keys.push(signer.registeredAt, uint160(oldHotKey));
        keys.push(uint96(block.number), uint160(newHotKey));
        _signers[newHotKey] = signer;
        bond.hotKey = newHotKey;
        signer.standing = Standing.Retired;

        emit HotKeyRotated(role, uid, oldHotKey, newHotKey);
    }

    function slash(Role role, uint32 uid, uint256 amount) external nonReentrant {
        require(msg.sender == slasher, NotSlasher(msg.sender, slasher));
        (Bond storage bond, Signer storage signer) = _find(role, uid);
        uint96 held = bond.stake;
        require(amount <= held, SlashExceedsStake(role, uid, amount, held));
        uint96 left = held - uint96(amount);
        bool active = signer.standing == Standing.Active;
        bool stays = active && left >= _minimumStake(role);

        if (active) _record(role, uid, bond, signer, stays ? left : 0);
        bond.stake = left;
        emit Slashed(role, uid, amount, treasury);
        if (active && !stays) _leave(role, uid, left, signer);

        _forfeit(amount);
    }

    function sweepPrices() external nonReentrant {
        uint256 amount = _prices;
        _prices = 0;
        emit PricesSwept(amount, treasury);
        _forfeit(amount);
    }

    function registrationPrice(Role role) external view returns (uint256) {
        return RegistrationPrice.priceDown(_priceFloor, _multiple(_rolls[uint8(role)]));
    }

    function count(Role role) external view returns (uint32) {
        return _rolls[uint8(role)].count;
    }

    function entity(Role role, uint32 uid) external view returns (address owner, address hotKey, Seat memory seat) {
        (Bond storage bond, Signer storage signer) = _find(role, uid);
        owner = signer.owner;
        hotKey = bond.hotKey;
        seat = Seat(bond.stake, uid, signer.registeredAt, _exits[role][uid], role, signer.standing);
    }

    function ownerOf(Role role, uint32 uid) external view returns (address) {
        (, Signer storage signer) = _find(role, uid);
        return signer.owner;
    }

    function uidOf(Role role, address hotKey) external view returns (uint32) {
        Signer storage signer = _signers[hotKey];
        bool holds = signer.standing == Standing.Active || signer.standing == Standing.Exiting;
        require(holds && signer.role == role, HotKeyUnknown(role, hotKey));
        return signer.uid;
    }

    function signerOf(address hotKey) external view returns (Signer memory) {
        return _signers[hotKey];
    }

    function hotKeyAt(Role role, uint32 uid, uint256 blockNumber) public view returns (address) {
        address latest = _bonds[role][uid].hotKey;
        uint40 exitAt = _exits[role][uid];
        bool left = exitAt != 0 && blockNumber >= exitAt - unbondingBlocks;
        if (left || latest == address(0) || blockNumber < _signers[latest].registeredAt) return address(0);
        Checkpoints.Trace160 storage keys = _hotKeys[role][uid];
        return keys.length() == 0 ? latest : address(keys.upperLookupRecent(uint96(blockNumber)));
    }

    function hotKeysAt(
        Role role,
        uint32 first,
        uint32 count_,
        uint256 blockNumber
    ) external view returns (address[] memory hotKeys) {
        hotKeys = new address[](count_);
        for (uint32 i = 0; i < count_; ++i) hotKeys[i] = hotKeyAt(role, first + i, blockNumber);
    }

    function stakeAt(Role role, uint32 uid, uint256 blockNumber) external view returns (uint256) {
        _find(role, uid);
        (uint256 stake_, ) = _lowestStake(role, uid, blockNumber, blockNumber, false);
        return stake_;
    }

    function stakesAt(Role role, uint256 blockNumber) external view returns (uint256[] memory) {
        return _lowestStakes(role, 0, _rolls[uint8(role)].count, blockNumber, blockNumber);
    }

    function activeStakes(
        Role role,
        uint64 epoch,
        uint32 first,
        uint32 count_
    ) external view returns (uint256[] memory) {
        uint256 start = _startBlock + uint256(epoch) * _epochBlocks;
        return _lowestStakes(role, first, count_, epoch == 0 ? start : start - _epochBlocks, start);
    }

    function _lowestStakes(
        Role role,
        uint32 first,
        uint32 count_,
        uint256 firstBlock,
        uint256 lastBlock
    ) private view returns (uint256[] memory stakes) {
        stakes = new uint256[](count_);
        bool known = false;
        // Backwards, since uids are given out in order: whoever came before one that was there was there too.
        for (uint32 i = count_; i > 0; --i) {
            (stakes[i - 1], known) = _lowestStake(role, first + i - 1, firstBlock, lastBlock, known);
        }
    }

    /// @dev The lower of the stakes at the end of two blocks.
    /// @param registered whether the identity is known to have been there at the first of them.
    /// @return stake_ the lower stake
    /// @return there whether the identity was there, as far as that was looked at.
    function _lowestStake(
        Role role,
        uint32 uid,
        uint256 firstBlock,
        uint256 lastBlock,
        bool registered
    ) private view returns (uint256 stake_, bool there) {
        Checkpoints.Trace208 storage history = _history[role][uid];
        if (!_changed[role].get(uid)) {
            Bond storage bond = _bonds[role][uid];
            there = registered || firstBlock >= _signers[bond.hotKey].registeredAt;
            return (there ? bond.stake : 0, there);
        }
        uint256 last = history.upperLookupRecent(uint48(lastBlock));
        if (last == 0 || firstBlock == lastBlock) return (last, registered);
        return (Math.min(last, history.upperLookupRecent(uint48(firstBlock))), registered);
    }

    /// @dev Writes the history that the bond stood for before its first change. Call before changing the bond.
    function _record(Role role, uint32 uid, Bond storage bond, Signer storage signer, uint256 value) private {
        Checkpoints.Trace208 storage history = _history[role][uid];
        if (!_changed[role].get(uid)) {
            _changed[role].set(uid);
            history.push(signer.registeredAt, bond.stake);
        }
        history.push(uint48(block.number), uint208(value));
    }

    function _leave(Role role, uint32 uid, uint96 left, Signer storage signer) private {
        uint40 exitAt = uint40(block.number) + unbondingBlocks;
        signer.standing = Standing.Exiting;
        _exits[role][uid] = exitAt;
        emit UnstakeRequested(role, uid, left, exitAt);
    }

    function _forfeit(uint256 amount) private {
        if (treasury == address(0)) token.burn(amount);
        else token.safeTransfer(treasury, amount);
    }

    function _multiple(Roll memory roll) private view returns (uint256) {
        if (roll.count == 0) return RegistrationPrice.UNIT;
        return RegistrationPrice.decay(roll.multiple, block.number - roll.pricedAt, _priceHalvingBlocks);
    }

    function _minimumStake(Role role) private view returns (uint256) {
        (uint96 miner, uint96 validator) = params.minimumStakes();
        return role == Role.Miner ? miner : validator;
    }

    function _requireFreeHotKey(address hotKey, address owner) private view {
        require(hotKey != address(0), HotKeyZero());
        require(hotKey != owner, HotKeyIsOwner(hotKey));
        require(_signers[hotKey].standing == Standing.Vacant, HotKeyTaken(hotKey));
    }

    function _find(Role role, uint32 uid) private view returns (Bond storage bond, Signer storage signer) {
        bond = _bonds[role][uid];
        require(bond.hotKey != address(0), UnknownIdentity(role, uid));
        signer = _signers[bond.hotKey];
    }

    function _ofOwner(Role role, uint32 uid) private view returns (Bond storage bond, Signer storage signer) {
        (bond, signer) = _find(role, uid);
        require(signer.owner == msg.sender, NotOwner(role, uid, msg.sender, signer.owner));
    }

    function _ofActiveOwner(
        Role role,
        uint32 uid
    ) private view returns (Bond storage bond, Signer storage signer) {
        (bond, signer) = _ofOwner(role, uid);
        require(signer.standing == Standing.Active, NotActive(role, uid, signer.standing));
    }
}
