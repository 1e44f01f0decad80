// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IParams} from "./interfaces/IParams.sol";
import {IStakeRegistry, Role, Seat, Standing} from "./interfaces/IStakeRegistry.sol";
import {SubnetToken} from "./SubnetToken.sol";

contract StakeRegistry is IStakeRegistry, AccessManaged {
    using SafeERC20 for SubnetToken;
    using Checkpoints for Checkpoints.Trace208;

    SubnetToken public immutable token;
    IParams public immutable params;
    /// @notice Blocks between leaving and being paid, in which the stake is still slashable.
    uint40 public immutable unbondingBlocks;
    /// @notice Where slashed tokens go; zero burns them.
    address public immutable treasury;

    uint32[2] private _counts;
    mapping(address hotKey => Seat) private _seats;
    mapping(Role => mapping(uint32 uid => address)) private _owners;
    mapping(Role => mapping(uint32 uid => address)) private _hotKeys;
    /// @dev Empty until a stake first changes: until then the seat itself is the history.
    mapping(Role => mapping(uint32 uid => Checkpoints.Trace208)) private _history;

    constructor(
        address authority,
        SubnetToken token_,
        IParams params_,
        uint40 unbondingBlocks_,
        address treasury_
    ) AccessManaged(authority) {
        token = token_;
        params = params_;
        unbondingBlocks = unbondingBlocks_;
        treasury = treasury_;
    }

    function register(Role role, address hotKey, uint256 amount) external returns (uint32 uid) {
        uint256 minimum = _minimumStake(role);
        require(amount >= minimum, StakeTooSmall(role, amount, minimum));
        require(amount <= type(uint128).max, StakeTooLarge(amount, type(uint128).max));
        _requireFreeHotKey(hotKey, msg.sender);

        uid = _counts[uint8(role)]++;
        _owners[role][uid] = msg.sender;
        _hotKeys[role][uid] = hotKey;
        _seats[hotKey] = Seat(uint128(amount), uid, uint40(block.number), 0, role, Standing.Active);

        emit Registered(role, uid, msg.sender, hotKey, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function stake(Role role, uint32 uid, uint256 amount) external {
        Seat storage seat = _activeSeatOfCaller(role, uid);
        require(amount > 0, AmountZero());
        uint256 total = seat.stake + amount;
        require(total <= type(uint128).max, StakeTooLarge(total, type(uint128).max));

        _record(role, uid, seat, total);
        seat.stake = uint128(total);

        emit Staked(role, uid, amount, total);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function requestUnstake(Role role, uint32 uid) external {
        Seat storage seat = _activeSeatOfCaller(role, uid);

        _record(role, uid, seat, 0);
        seat.standing = Standing.Exiting;
        seat.exitAt = uint40(block.number) + unbondingBlocks;

        emit UnstakeRequested(role, uid, seat.stake, seat.exitAt);
    }

    function withdraw(Role role, uint32 uid) external {
        address owner = _requireOwner(role, uid);
        Seat storage seat = _seats[_hotKeys[role][uid]];
        require(seat.standing == Standing.Exiting, NotExiting(role, uid, seat.standing));
        require(block.number >= seat.exitAt, StillBonded(role, uid, seat.exitAt, block.number));

        uint256 amount = seat.stake;
        seat.stake = 0;
        seat.standing = Standing.Retired;

        emit Withdrawn(role, uid, owner, amount);
        token.safeTransfer(owner, amount);
    }

    function rotateHotKey(Role role, uint32 uid, address newHotKey) external {
        Seat storage seat = _activeSeatOfCaller(role, uid);
        _requireFreeHotKey(newHotKey, msg.sender);
        address oldHotKey = _hotKeys[role][uid];

        _seats[newHotKey] = seat;
        _hotKeys[role][uid] = newHotKey;
        seat.stake = 0;
        seat.standing = Standing.Retired;

        emit HotKeyRotated(role, uid, oldHotKey, newHotKey);
    }

    function slash(Role role, uint32 uid, uint256 amount) external restricted {
        require(uid < _counts[uint8(role)], UnknownIdentity(role, uid));
        Seat storage seat = _seats[_hotKeys[role][uid]];
        require(amount <= seat.stake, SlashExceedsStake(role, uid, amount, seat.stake));
        uint256 left = seat.stake - amount;

        if (seat.standing == Standing.Active) _record(role, uid, seat, left);
        seat.stake = uint128(left);

        emit Slashed(role, uid, amount, treasury);
        if (treasury == address(0)) token.burn(amount);
        else token.safeTransfer(treasury, amount);
    }

    function count(Role role) external view returns (uint32) {
        return _counts[uint8(role)];
    }

    function entity(Role role, uint32 uid) external view returns (address owner, address hotKey, Seat memory seat) {
        owner = ownerOf(role, uid);
        hotKey = _hotKeys[role][uid];
        seat = _seats[hotKey];
    }

    function ownerOf(Role role, uint32 uid) public view returns (address owner) {
        owner = _owners[role][uid];
        require(owner != address(0), UnknownIdentity(role, uid));
    }

    function uidOf(Role role, address hotKey) external view returns (uint32) {
        Seat storage seat = _seats[hotKey];
        bool holds = seat.standing == Standing.Active || seat.standing == Standing.Exiting;
        require(holds && seat.role == role, HotKeyUnknown(role, hotKey));
        return seat.uid;
    }

    function seatOf(address hotKey) external view returns (Seat memory) {
        return _seats[hotKey];
    }

    function stakeAt(Role role, uint32 uid, uint256 blockNumber) public view returns (uint256) {
        require(uid < _counts[uint8(role)], UnknownIdentity(role, uid));
        Checkpoints.Trace208 storage history = _history[role][uid];
        if (history.length() > 0) return history.upperLookupRecent(uint48(blockNumber));
        Seat storage seat = _seats[_hotKeys[role][uid]];
        return blockNumber < seat.registeredAt ? 0 : seat.stake;
    }

    function stakesAt(Role role, uint256 blockNumber) external view returns (uint256[] memory stakes) {
        stakes = new uint256[](_counts[uint8(role)]);
        for (uint32 uid = 0; uid < stakes.length; ++uid) stakes[uid] = stakeAt(role, uid, blockNumber);
    }

    /// @dev Writes the history that the seat stood for before its first change. Call before changing the seat.
    function _record(Role role, uint32 uid, Seat storage seat, uint256 value) private {
        Checkpoints.Trace208 storage history = _history[role][uid];
        if (history.length() == 0) history.push(seat.registeredAt, seat.stake);
        history.push(uint48(block.number), uint208(value));
    }

    function _minimumStake(Role role) private view returns (uint256) {
        (uint96 miner, uint96 validator) = params.minimumStakes();
        return role == Role.Miner ? miner : validator;
    }

    function _requireFreeHotKey(address hotKey, address owner) private view {
        require(hotKey != address(0), HotKeyZero());
        require(hotKey != owner, HotKeyIsOwner(hotKey));
        require(_seats[hotKey].standing == Standing.Vacant, HotKeyTaken(hotKey));
    }

    function _requireOwner(Role role, uint32 uid) private view returns (address owner) {
        owner = ownerOf(role, uid);
        require(owner == msg.sender, NotOwner(role, uid, msg.sender, owner));
    }

    function _activeSeatOfCaller(Role role, uint32 uid) private view returns (Seat storage seat) {
        _requireOwner(role, uid);
        seat = _seats[_hotKeys[role][uid]];
        require(seat.standing == Standing.Active, NotActive(role, uid, seat.standing));
    }
}
