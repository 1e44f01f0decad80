// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Role, Standing} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed, Deeds} from "./Deeds.sol";
import {vm} from "./Vm.sol";

/// @notice Everyone who holds tokens or stake. Each action says beforehand whether it must succeed, from what it
/// knows itself wherever the contracts could be wrong about it, and books what moved.
abstract contract StakeHandler is Deeds {
    struct Identity {
        Role role;
        uint32 uid;
        address owner;
        address hotKey;
        uint256 bonded;
        uint256 slashed;
        uint256 withdrawn;
        /// @dev Block in which it left; zero while it is active.
        uint256 leftAt;
        bool retired;
    }

    uint256 internal constant OWNERS = 8;
    uint256 private constant MOST_MINERS = 32;
    uint256 private constant MOST_VALIDATORS = 10;

    /// @dev From the end of a block on; zero once the identity left.
    struct KeyChange {
        uint256 fromBlock;
        address key;
    }

    Identity[] internal _identities;
    mapping(Role => mapping(uint32 uid => KeyChange[])) internal _keyChanges;
    /// @dev Of whatever identity, rotated away or not.
    address[] internal _usedKeys;
    mapping(Role => mapping(uint32 uid => uint256)) internal _identityOf;
    mapping(Role => uint32) internal _registered;

    uint256 public now_;
    uint256 public pricesHeld;
    /// @dev Of prices that were there.
    uint256 public sweeps;
    uint256 public forfeited;
    uint256 public burnedByHolders;
    uint256 public givenToRegistry;
    uint256 public givenToVault;

    /// @dev First epoch whose first block is not over, and for each before it what every validator had bonded then.
    uint64 public snapshots;
    mapping(uint64 epoch => mapping(uint32 uid => uint256)) internal _stakeAtStart;

    uint256 private _keys;
    mapping(address key => uint256) internal _secretOf;
    mapping(Role => uint256) private _lastPrice;
    mapping(Role => uint256) private _lastPriceBlock;

    /// @dev Time passes between calls, and not by accident of the runner.
    modifier tick(uint256 seed) {
        vm.roll(now_);
        _advanceTo(now_ + (seed % 5 == 0 ? 1 : 0));
        _;
    }

    function _startStake() internal {
        now_ = block.number;
        for (uint256 i = 0; i < OWNERS; ++i) token.transfer(ownerAt(i), 100_000 * ONE);
        for (uint256 i = 0; i < OWNERS; ++i) {
            vm.prank(ownerAt(i));
            token.approve(address(registry), type(uint256).max);
        }
        for (uint256 i = 0; i < 4; ++i) _register(Role.Validator, i, (100 + 137 * i) * ONE + i, type(uint256).max, 1);
        for (uint256 i = 0; i < 3; ++i) _register(Role.Miner, i, 10 * ONE, type(uint256).max, 1);
    }

    function ownerAt(uint256 seed) public pure returns (address) {
        return address(uint160(0x10000 + (seed % OWNERS)));
    }

    function identities() external view returns (Identity[] memory) {
        return _identities;
    }

    function stakeAtStart(uint64 epoch, uint32 uid) external view returns (uint256) {
        return _stakeAtStart[epoch][uid];
    }

    function register(uint256 seed, uint256 amount, uint256 priceCap) external tick(seed) {
        Role role = seed % 3 == 0 ? Role.Validator : Role.Miner;
        if (_registered[role] >= (role == Role.Miner ? MOST_MINERS : MOST_VALIDATORS)) return;
        uint256 price = registry.registrationPrice(role);
        uint256 most = priceCap % 8 == 0 ? price - 1 : price + (priceCap % ONE);
        _register(role, seed / 3, (amount % (role == Role.Miner ? 30 : 1_200)) * ONE, most, seed / 24);
    }

    function _register(Role role, uint256 ownerSeed, uint256 amount, uint256 maxPrice, uint256 keySeed) private {
        Identity memory i = Identity(role, _registered[role], ownerAt(ownerSeed), address(0), amount, 0, 0, 0, false);
        bool reuses = keySeed % 8 == 0 && _identities.length > 0;
        i.hotKey = reuses ? _identities[keySeed % _identities.length].hotKey : _newKey();
        uint256 price = registry.registrationPrice(role);
        require(_lastPriceBlock[role] != block.number || price > _lastPrice[role], "price fell within a block");
        bool allowed = !reuses &&
            amount >= _minimum(role) &&
            price <= maxPrice &&
            token.balanceOf(i.owner) >= amount + price;
        vm.prank(i.owner);
        try registry.register(role, i.hotKey, amount, maxPrice) returns (uint32 uid) {
            _did(Deed.Register, allowed, "registered against the rules");
            _book(i, uid, price);
        } catch (bytes memory reason) {
            _couldNot(Deed.Register, allowed, reason, "could not register");
        }
    }

    function _book(Identity memory i, uint32 uid, uint256 price) private {
        require(uid == i.uid, "a uid was given out twice");
        ++_registered[i.role];
        (_lastPrice[i.role], _lastPriceBlock[i.role]) = (price, block.number);
        pricesHeld += price;
        _identityOf[i.role][uid] = _identities.length;
        _identities.push(i);
        _usedKeys.push(i.hotKey);
        _noteKey(i);
    }

    function stake(uint256 seed, uint256 amount) external tick(seed) {
        Identity storage i = _pick(seed);
        amount %= 400 * ONE;
        bool allowed = _standing(i) == Standing.Active && amount > 0 && token.balanceOf(i.owner) >= amount;
        vm.prank(i.owner);
        try registry.stake(i.role, i.uid, amount) {
            _did(Deed.Stake, allowed, "staked against the rules");
            i.bonded += amount;
        } catch (bytes memory reason) {
            _couldNot(Deed.Stake, allowed, reason, "could not stake");
        }
    }

    /// @dev Seldom, or nobody would be left to vote.
    function requestUnstake(uint256 seed) external tick(seed) {
        if (seed % 4 != 0) return;
        seed /= 4;
        Identity storage i = _pick(seed);
        address caller = seed % 7 == 0 ? ownerAt(seed / 7) : i.owner;
        bool allowed = _standing(i) == Standing.Active && caller == i.owner;
        vm.prank(caller);
        try registry.requestUnstake(i.role, i.uid) {
            _did(Deed.Unbond, allowed, "left against the rules");
            _leave(i);
            _mustNotRepeat(caller, address(registry), abi.encodeCall(registry.requestUnstake, (i.role, i.uid)));
        } catch (bytes memory reason) {
            _couldNot(Deed.Unbond, allowed, reason, "could not leave");
        }
    }

    function withdraw(uint256 seed) external tick(seed) {
        Identity storage i = _pick(seed);
        address caller = seed % 7 == 0 ? ownerAt(seed / 7) : i.owner;
        bool over = i.leftAt > 0 && block.number >= i.leftAt + UNBONDING_BLOCKS;
        bool allowed = over && !i.retired && caller == i.owner;
        uint256 before = token.balanceOf(i.owner);
        vm.prank(caller);
        try registry.withdraw(i.role, i.uid) {
            _did(Deed.Withdraw, allowed, "withdrawn against the rules");
            i.withdrawn += token.balanceOf(i.owner) - before;
            i.retired = true;
            _mustNotRepeat(caller, address(registry), abi.encodeCall(registry.withdraw, (i.role, i.uid)));
        } catch (bytes memory reason) {
            _couldNot(Deed.Withdraw, allowed, reason, "could not withdraw");
        }
    }

    function rotateHotKey(uint256 seed) external tick(seed) {
        Identity storage i = _pick(seed);
        bool reuses = seed % 5 == 0;
        address key = reuses ? _identities[(seed / 5) % _identities.length].hotKey : _newKey();
        bool allowed = _standing(i) == Standing.Active && !reuses;
        vm.prank(i.owner);
        try registry.rotateHotKey(i.role, i.uid, key) {
            _did(Deed.Rotate, allowed, "rotated against the rules");
            i.hotKey = key;
            _usedKeys.push(key);
            _noteKey(i);
        } catch (bytes memory reason) {
            _couldNot(Deed.Rotate, allowed, reason, "could not rotate");
        }
    }

    function decommission(uint256 seed) external tick(seed) {
        Identity storage i = seed % 4 == 0 ? _pick(seed / 4) : _poorestFrom(seed / 4);
        bool allowed = _standing(i) == Standing.Active && _held(i) < _minimum(i.role);
        vm.prank(ownerAt(seed / 3));
        try registry.decommission(i.role, i.uid) {
            _did(Deed.Decommission, allowed, "removed against the rules");
            _leave(i);
        } catch (bytes memory reason) {
            _couldNot(Deed.Decommission, allowed, reason, "could not remove");
        }
    }

    /// @dev More than any dispute takes, and now and then more than there is.
    function slash(uint256 seed, uint256 amount) external tick(seed) {
        if (seed % 3 != 0) return;
        Identity storage i = _pick(seed / 3);
        uint256 held = _held(i);
        amount = amount % 4 == 0 ? held + 1 + (amount % ONE) : amount % (held / 4 + 1);
        vm.prank(address(disputes));
        try registry.slash(i.role, i.uid, amount) {
            _did(Deed.Slash, amount <= held, "slashed beyond the stake");
            _bookSlash(i.role, i.uid, amount);
        } catch (bytes memory reason) {
            _couldNot(Deed.Slash, amount <= held, reason, "could not slash");
        }
    }

    /// @dev Twice, since there is nothing to refuse: the second sweep must find nothing.
    function sweepPrices(uint256 seed) external tick(seed) {
        vm.prank(ownerAt(seed));
        registry.sweepPrices();
        registry.sweepPrices();
        if (pricesHeld > 0) ++sweeps;
        forfeited += pricesHeld;
        pricesHeld = 0;
    }

    function moveTokens(uint256 seed, uint256 amount) external tick(seed) {
        address from = ownerAt(seed);
        amount %= 50 * ONE;
        if (token.balanceOf(from) < amount) return;
        uint256 kind = (seed / OWNERS) % 5;
        address to = kind == 0 ? address(registry) : kind == 1 ? address(vault) : ownerAt(seed / 97);
        vm.prank(from);
        if (kind == 2) token.burn(amount);
        else if (kind == 3) token.delegate(to);
        else token.transfer(to, amount);
        if (kind == 0) givenToRegistry += amount;
        if (kind == 1) givenToVault += amount;
        if (kind == 2) burnedByHolders += amount;
    }

    function _bookSlash(Role role, uint32 uid, uint256 amount) internal {
        Identity storage i = _identities[_identityOf[role][uid]];
        i.slashed += amount;
        forfeited += amount;
        if (_standing(i) == Standing.Active && _held(i) < _minimum(role)) _leave(i);
    }

    function _leave(Identity storage i) private {
        i.leftAt = block.number;
        _keyChanges[i.role][i.uid].push(KeyChange(block.number, address(0)));
    }

    function _noteKey(Identity memory i) private {
        _keyChanges[i.role][i.uid].push(KeyChange(block.number, i.hotKey));
    }

    /// @notice Who signed for an identity at the end of a block, by what was seen here.
    function keyAt(Role role, uint32 uid, uint256 blockNumber) public view returns (address key) {
        KeyChange[] storage changes = _keyChanges[role][uid];
        for (uint256 i = 0; i < changes.length && changes[i].fromBlock <= blockNumber; ++i) key = changes[i].key;
    }

    function keyChanges(Role role, uint32 uid) external view returns (KeyChange[] memory) {
        return _keyChanges[role][uid];
    }

    function _advanceTo(uint256 target) internal {
        for (; _epochStart(snapshots) < target; ++snapshots) {
            for (uint32 uid = 0; uid < _registered[Role.Validator]; ++uid) {
                Identity storage i = _identities[_identityOf[Role.Validator][uid]];
                if (_standing(i) == Standing.Active) _stakeAtStart[snapshots][uid] = _held(i);
            }
        }
        if (target <= now_) return;
        now_ = target;
        vm.roll(target);
        vm.warp(1_700_000_000 + 12 * target);
    }

    /// @dev The next that no longer has the smallest bond, or whoever.
    function _poorestFrom(uint256 seed) private view returns (Identity storage) {
        for (uint256 n = 0; n < _identities.length; ++n) {
            Identity storage i = _pick(seed % _identities.length + n);
            if (_standing(i) == Standing.Active && _held(i) < _minimum(i.role)) return i;
        }
        return _pick(seed);
    }

    function _pick(uint256 seed) internal view returns (Identity storage) {
        return _identities[seed % _identities.length];
    }

    /// @dev By what was seen here, as all that decides what is allowed.
    function _standing(Identity memory i) internal pure returns (Standing) {
        return i.retired ? Standing.Retired : i.leftAt > 0 ? Standing.Exiting : Standing.Active;
    }

    function _held(Identity memory i) internal pure returns (uint256) {
        return i.bonded - i.slashed - i.withdrawn;
    }

    function standingOf(uint256 identity) external view returns (Standing) {
        return _standing(_identities[identity]);
    }

    function _minimum(Role role) internal view returns (uint256) {
        (uint96 miner, uint96 validator) = params.minimumStakes();
        return role == Role.Miner ? miner : validator;
    }

    function _mix(uint256 seed, uint256 n) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, n)));
    }

    function _newKey() private returns (address key) {
        uint256 secret = 0x1000000 + _keys++;
        key = vm.addr(secret);
        _secretOf[key] = secret;
    }
}
