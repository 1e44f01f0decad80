// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Commitment} from "../../contracts/interfaces/IDisputes.sol";
import {Rules} from "../../contracts/interfaces/IParams.sol";
import {Role, Seat, Signer} from "../../contracts/interfaces/IStakeRegistry.sol";
import {Deed} from "./Deeds.sol";
import {Handler} from "./Handler.sol";
import {RootHandler} from "./RootHandler.sol";
import {StakeHandler} from "./StakeHandler.sol";
import {vm} from "./Vm.sol";

/// @notice What holds after every call of any sequence, with slashed tokens burned.
contract InvariantsTest {
    uint256 private constant GENESIS = 900_000e18;
    uint256 private constant CAMPAIGNS = 12;
    uint256 private constant CALLS = 200;
    uint8 private constant DEEDS = uint8(type(Deed).max) + 1;
    Handler internal handler;
    /// @dev Over all campaigns.
    mapping(uint8 deed => uint256) private _done;
    mapping(uint8 deed => uint256) private _refused;
    uint256 private _paid;
    uint256 private _voided;
    uint256 private _sweeps;

    function setUp() public virtual {
        handler = new Handler(address(0));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function excludeSelectors() external view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0].addr = address(handler);
        excluded[0].selectors = new bytes4[](1);
        excluded[0].selectors[0] = handler.settleFor.selector;
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// @dev One campaign for all: the runner would play each invariant of its own through as many calls again.
    function invariant_everything() external view {
        _theRegistryHoldsEveryStakeAndPrice();
        _tokensAreConserved();
        _paidEmittedScheduledCap();
        _uidsKeepTheirOwners();
        _keysKeepTheirPast();
        _aMinerIsBoundOnceInAWindow();
        _stakeCountsAfterAWholeEpoch();
        _epochsAreWholeOrUntouched();
    }

    /// @dev A campaign in which nobody ever succeeds, or nobody is ever refused, proves nothing. These few, the same
    /// in every run, have to get everywhere.
    function test_everyDeedIsDoneAndRefused() external {
        for (uint256 campaign = 0; campaign < CAMPAIGNS; ++campaign) {
            vm.roll(1);
            setUp();
            for (uint256 i = 0; i < CALLS; ++i) {
                _act(uint256(keccak256(abi.encode(campaign, i))));
                if (i % 8 == 7) this.invariant_everything();
            }
            _count();
        }
        (string memory undone, string memory granted) = ("", "");
        for (uint8 deed = 0; deed < DEEDS; ++deed) {
            if (_done[deed] == 0) undone = string.concat(undone, _number(deed));
            if (_refused[deed] == 0) granted = string.concat(granted, _number(deed));
        }
        require(bytes(undone).length == 0, string.concat("deeds that were never done:", undone));
        require(bytes(granted).length == 0, string.concat("deeds that were never refused:", granted));
        require(_paid > 0 && _voided > 0 && _sweeps > 0, "never paid, voided or swept");
    }

    function _count() private {
        for (uint8 deed = 0; deed < DEEDS; ++deed) {
            _done[deed] += handler.done(Deed(deed));
            _refused[deed] += handler.refused(Deed(deed));
        }
        _paid += handler.paidEpochs();
        _voided += handler.voidEpochs();
        _sweeps += handler.sweeps();
    }

    /// @dev Votes and settlements come often, so that epochs are paid; whatever ends or is rare comes in between.
    function _act(uint256 seed) private {
        bytes4[30] memory often = [
            handler.vote.selector,
            handler.vote.selector,
            handler.vote.selector,
            handler.settle.selector,
            handler.settleStep.selector,
            handler.settleStep.selector,
            handler.settleStep.selector,
            handler.settleStep.selector,
            handler.settleStep.selector,
            handler.claim.selector,
            handler.claimMany.selector,
            handler.commitRoot.selector,
            handler.commitRoot.selector,
            handler.commitRoot.selector,
            handler.proveFaults.selector,
            handler.proveFaults.selector,
            handler.submitBeacon.selector,
            handler.openWindow.selector,
            handler.closeWindow.selector,
            handler.commitScores.selector,
            handler.reveal.selector,
            handler.proveNonReveal.selector,
            handler.proveEquivocation.selector,
            handler.proveFalseOpening.selector,
            handler.register.selector,
            handler.stake.selector,
            handler.stake.selector,
            handler.rotateHotKey.selector,
            handler.moveTokens.selector,
            handler.trespass.selector
        ];
        bytes4[8] memory seldom = [
            handler.requestUnstake.selector,
            handler.withdraw.selector,
            handler.withdraw.selector,
            handler.decommission.selector,
            handler.slash.selector,
            handler.sweepPrices.selector,
            handler.setRules.selector,
            handler.wait_.selector
        ];
        _call(seed % 5 == 0 ? seldom[(seed >> 8) % 8] : often[(seed >> 8) % 30], seed >> 16);
    }

    /// @dev Some take one number, some more; what is given beyond them is not looked at.
    function _call(bytes4 selector, uint256 seed) private {
        (bool done, bytes memory reason) = address(handler).call(
            abi.encodeWithSelector(selector, seed, seed >> 16, seed >> 32)
        );
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function _number(uint8 deed) private pure returns (string memory) {
        return string(abi.encodePacked(" ", bytes1(48 + deed / 10), bytes1(48 + deed % 10)));
    }

    function _theRegistryHoldsEveryStakeAndPrice() private view {
        StakeHandler.Identity[] memory all = handler.identities();
        uint256 owed = handler.pricesHeld() + handler.givenToRegistry();
        for (uint256 i = 0; i < all.length; ++i) {
            (, , Seat memory seat) = handler.registry().entity(all[i].role, all[i].uid);
            require(all[i].bonded == seat.stake + all[i].slashed + all[i].withdrawn, "stake appeared or vanished");
            owed += seat.stake;
        }
        require(handler.token().balanceOf(address(handler.registry())) == owed, "the registry holds another sum");
    }

    function _tokensAreConserved() private view {
        uint256 held = handler.token().balanceOf(address(handler));
        for (uint256 i = 0; i < 8; ++i) held += handler.token().balanceOf(handler.ownerAt(i));
        held += handler.token().balanceOf(address(handler.registry()));
        held += handler.token().balanceOf(address(handler.vault()));
        address treasury = handler.treasury();
        uint256 burned = handler.burnedByHolders();
        if (treasury == address(0)) {
            burned += handler.forfeited();
        } else {
            uint256 earned = handler.forfeited() + handler.toTreasury();
            require(handler.token().balanceOf(treasury) == earned, "the treasury holds another sum");
            held += earned;
        }
        require(handler.token().totalSupply() == held, "tokens are held that do not exist, or lost");
        require(held == GENESIS + handler.vault().emitted() - burned, "the supply does not add up");
    }

    function _paidEmittedScheduledCap() private view {
        uint256 emitted = handler.vault().emitted();
        uint256 due = 0;
        uint64 next = handler.settlement().nextEpoch();
        for (uint64 epoch = 0; epoch < next; ++epoch) {
            uint256 scheduled = handler.vault().scheduled(epoch);
            uint256 ruled = handler.params().rulesAt(epoch).emissionPerEpoch;
            due += scheduled < ruled ? scheduled : ruled;
        }
        uint256 budget = handler.vault().budget();
        uint256 vaultHolds = handler.token().balanceOf(address(handler.vault())) - handler.givenToVault();
        require(handler.claimed() + handler.toTreasury() <= emitted, "paid more than was emitted");
        require(vaultHolds == emitted - handler.claimed() - handler.toTreasury(), "the vault holds another sum");
        uint256 counted = emitted + handler.vault().carried();
        require(counted == (due < budget ? due : budget), "emitted and carried are not what was due");
        require(emitted <= budget && GENESIS + budget == handler.token().cap(), "beyond the cap");
    }

    function _uidsKeepTheirOwners() private view {
        StakeHandler.Identity[] memory all = handler.identities();
        for (uint256 i = 0; i < all.length; ++i) {
            (address owner, address hotKey, Seat memory seat) = handler.registry().entity(all[i].role, all[i].uid);
            require(owner == all[i].owner && hotKey == all[i].hotKey, "a uid changed hands");
            require(seat.standing == handler.standingOf(i), "in another standing than it should be");
            Signer memory signer = handler.registry().signerOf(hotKey);
            require(signer.uid == all[i].uid && signer.role == all[i].role, "a key signs for another");
        }
    }

    /// @dev At every block in which a key changed, and in the one before.
    function _keysKeepTheirPast() private view {
        StakeHandler.Identity[] memory all = handler.identities();
        for (uint256 i = 0; i < all.length; ++i) {
            (Role role, uint32 uid) = (all[i].role, all[i].uid);
            StakeHandler.KeyChange[] memory changes = handler.keyChanges(role, uid);
            for (uint256 c = 0; c < changes.length; ++c) {
                for (uint256 b = changes[c].fromBlock - 1; b <= changes[c].fromBlock; ++b) {
                    bool same = handler.registry().hotKeyAt(role, uid, b) == handler.keyAt(role, uid, b);
                    require(same, "another key signed than did");
                }
            }
        }
    }

    /// @dev By the registry's word on keys, as readers take it.
    function _aMinerIsBoundOnceInAWindow() private view {
        (RootHandler.Logged[] memory all, Commitment[] memory commitments) = handler.logged();
        for (uint256 i = 0; i < all.length; ++i) {
            if (!handler.counts(all[i], commitments[i])) continue;
            for (uint256 j = 0; j < i; ++j) {
                bool same = all[j].tree.uid == all[i].tree.uid && all[j].tree.window == all[i].tree.window;
                require(!same || !handler.counts(all[j], commitments[j]), "two commitments of one miner count");
            }
        }
    }

    function _stakeCountsAfterAWholeEpoch() private view {
        uint64 epoch = handler.snapshots();
        if (epoch == 0) return;
        --epoch;
        uint32 count = handler.registry().count(Role.Validator);
        uint256[] memory active = handler.registry().activeStakes(Role.Validator, epoch, 0, count);
        for (uint32 uid = 0; uid < count; ++uid) {
            uint256 stake = handler.stakeAtStart(epoch, uid);
            uint256 before = epoch == 0 ? stake : handler.stakeAtStart(epoch - 1, uid);
            require(active[uid] == (before < stake ? before : stake), "stake that was not there a whole epoch");
        }
    }

    function _epochsAreWholeOrUntouched() private view {
        uint64 next = handler.settlement().nextEpoch();
        for (uint64 epoch = 0; epoch < next; ++epoch) {
            require(handler.timesFunded(epoch) == 1, "an epoch was funded twice or never");
        }
        require(handler.timesFunded(next) == 0 && handler.vault().rootOf(next) == 0, "half settled");
    }
}

/// @notice The same with a treasury.
contract TreasuryInvariantsTest is InvariantsTest {
    function setUp() public override {
        handler = new Handler(address(0x7EA5));
    }
}
