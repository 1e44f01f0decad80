// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {
    Commitment,
    CommitmentProof,
    EvidenceOpening,
    Leaf,
    SatProof
} from "../../contracts/interfaces/IDisputes.sol";
import {Rules} from "../../contracts/interfaces/IParams.sol";
import {Claim} from "../../contracts/interfaces/IRewardVault.sol";
import {Tally} from "../../contracts/interfaces/ISettlement.sol";
import {Role} from "../../contracts/interfaces/IStakeRegistry.sol";
import {CrookedTree, Flaw} from "./CrookedTree.sol";
import {EvidenceSigner} from "./EvidenceSigner.sol";
import {vm} from "./Vm.sol";

/// @notice Every call that changes anything, with arguments at the ends of their types, by whoever may come closest:
/// what is refused is refused by name, and never by arithmetic that runs over.
contract RefusalsTest is EvidenceSigner {
    using CrookedTree for CrookedTree.Tree;

    uint256 private constant CALLS = 34;
    uint256 private constant VALIDATOR_SECRET = 0xA11CE;
    uint256 private constant MINER_SECRET = 0xB0B;
    address private constant OWNER = address(0x10000);

    CommitmentProof private _committed;

    function setUp() external {
        _deploySubnet(address(0));
        token.transfer(OWNER, 500_000 * ONE);
        vm.prank(OWNER);
        token.approve(address(registry), type(uint256).max);
        vm.prank(OWNER);
        registry.register(Role.Validator, vm.addr(VALIDATOR_SECRET), 100 * ONE, ONE);
        vm.prank(OWNER);
        registry.register(Role.Miner, vm.addr(MINER_SECRET), 10 * ONE, ONE);
        vm.roll(START + 1);
        rolloutLog.openWindow(0);
        _commitTree();
    }

    function test_everyRefusalHasAName() external {
        for (uint256 seed = 0; seed < 60 * CALLS; ++seed) {
            uint256 id = vm.snapshotState();
            uint256 s = uint256(keccak256(abi.encode(seed)));
            (address target, bytes memory data) = _call(seed % CALLS, s);
            vm.roll(_blockFrom(s >> 40));
            vm.prank(_callerFrom(s >> 50));
            (bool done, bytes memory reason) = target.call(data);
            if (!done) _requireNamed(reason);
            vm.revertToState(id);
        }
    }

    function _commitTree() private {
        CrookedTree.Tree memory tree = CrookedTree.Tree(Flaw.FalseReward, 0, 0, keccak256("salt"));
        policies.publish(keccak256(CrookedTree.manifest()), 0, 0, keccak256("sat"), bytes32(uint256(1)), 0, "");
        vm.prank(vm.addr(MINER_SECRET));
        rolloutLog.commitRoot(0, tree.root(), 2);
        _committed.hotKey = vm.addr(MINER_SECRET);
        _committed.commitments.push(Commitment(0, tree.root(), 2, block.number));
    }

    function _call(uint256 kind, uint256 s) private view returns (address, bytes memory) {
        if (kind < 7) return (address(registry), _registryCall(kind, s));
        if (kind < 14) return _ballotCall(kind, s);
        if (kind < 20) return (address(settlement), _settlementCall(kind, s));
        if (kind < 23) return (address(vault), _vaultCall(kind, s));
        if (kind < 30) return (address(disputes), _disputesCall(kind, s));
        return _policyCall(kind, s);
    }

    function _registryCall(uint256 kind, uint256 s) private view returns (bytes memory) {
        (Role role, uint32 uid, uint256 amount) = (Role(s % 2), uint32(_edge(s >> 1, 32)), _edge(s >> 4, 256));
        address key = address(uint160(_edge(s >> 7, 160)));
        if (kind == 0) return abi.encodeCall(registry.register, (role, key, amount, _edge(s >> 10, 256)));
        if (kind == 1) return abi.encodeCall(registry.stake, (role, uid, amount));
        if (kind == 2) return abi.encodeCall(registry.requestUnstake, (role, uid));
        if (kind == 3) return abi.encodeCall(registry.withdraw, (role, uid));
        if (kind == 4) return abi.encodeCall(registry.rotateHotKey, (role, uid, key));
        if (kind == 5) return abi.encodeCall(registry.decommission, (role, uid));
        return abi.encodeCall(registry.slash, (role, uid, amount));
    }

    function _ballotCall(uint256 kind, uint256 s) private view returns (address, bytes memory) {
        (uint64 period, bytes32 word) = (uint64(_edge(s, 64)), bytes32(_edge(s >> 3, 256)));
        bytes memory row = abi.encodePacked(word);
        if (kind == 7) return (address(rolloutLog), abi.encodeCall(rolloutLog.openWindow, (period)));
        if (kind == 8) return (address(rolloutLog), abi.encodeCall(rolloutLog.closeWindow, (period)));
        if (kind == 9) {
            uint32 groups = uint32(_edge(s >> 6, 32));
            return (address(rolloutLog), abi.encodeCall(rolloutLog.commitRoot, (period, word, groups)));
        }
        if (kind == 10) return (address(rolloutLog), abi.encodeCall(rolloutLog.announce, (string(new bytes(s % 300)))));
        if (kind == 11) return (address(scoreBook), abi.encodeCall(scoreBook.commit, (period, word)));
        if (kind == 12) return (address(scoreBook), abi.encodeCall(scoreBook.reveal, (period, row, word, word)));
        uint32 uid = uint32(_edge(s >> 6, 32));
        return (address(scoreBook), abi.encodeCall(scoreBook.revealFor, (uid, period, row, word, word)));
    }

    function _settlementCall(uint256 kind, uint256 s) private view returns (bytes memory) {
        bytes[] memory rows = new bytes[](s % 3);
        bytes memory seats = new bytes((s >> 2) % 6);
        Tally memory tally;
        tally.epoch = uint64(_edge(s >> 5, 64));
        tally.validators = uint32(_edge(s >> 8, 32));
        if (kind == 14) return abi.encodeCall(settlement.settle, (tally.epoch, rows, seats, rows));
        if (kind == 15) return abi.encodeCall(settlement.begin, (tally.epoch));
        if (kind == 16) return abi.encodeCall(settlement.scan, (tally));
        if (kind == 17) return abi.encodeCall(settlement.seat, (tally, rows, seats, new bytes32[](s % 2)));
        if (kind == 18) return abi.encodeCall(settlement.decide, (tally, rows, seats));
        return abi.encodeCall(settlement.finish, (tally, rows));
    }

    function _vaultCall(uint256 kind, uint256 s) private view returns (bytes memory) {
        (uint64 epoch, uint256 amount) = (uint64(_edge(s, 64)), _edge(s >> 3, 256));
        Role role = Role((s >> 6) % 2);
        uint32 uid = uint32(_edge(s >> 7, 32));
        if (kind == 20) return abi.encodeCall(vault.fund, (epoch, bytes32(s), amount));
        if (kind == 21) return abi.encodeCall(vault.claim, (epoch, role, uid, amount, new bytes32[](s % 3)));
        Claim[] memory claims = new Claim[](2);
        claims[1] = Claim(epoch, role, uid, amount, new bytes32[](0));
        return abi.encodeCall(vault.claimMany, (claims));
    }

    function _disputesCall(uint256 kind, uint256 s) private view returns (bytes memory) {
        (uint64 epoch, uint32 uid) = (uint64(_edge(s, 64)), uint32(_edge(s >> 3, 32)));
        if (kind == 23) return abi.encodeCall(disputes.proveNonReveal, (epoch, uid));
        EvidenceOpening memory opening = EvidenceOpening(epoch, s % 4 == 0 ? uid : 0, bytes32(s), 0);
        bytes memory signature = _sign(opening, VALIDATOR_SECRET);
        if (kind == 24) return abi.encodeCall(disputes.proveFalseOpening, (opening, signature));
        if (kind == 25) {
            EvidenceOpening memory other = EvidenceOpening(epoch, opening.validatorUid, ~bytes32(s), 0);
            bytes memory also = _sign(other, VALIDATOR_SECRET);
            return abi.encodeCall(disputes.proveEquivocation, (opening, signature, other, also));
        }
        return _treeProof(kind, s);
    }

    function _treeProof(uint256 kind, uint256 s) private view returns (bytes memory) {
        CommitmentProof memory committed = _committed;
        uint32 index = uint32(_edge(s, 32));
        bytes32[] memory words = new bytes32[](s % 3);
        Leaf memory leaf = CrookedTree.Tree(Flaw.FalseReward, 0, 0, keccak256("salt")).leaf();
        if (kind == 26) return abi.encodeCall(disputes.proveBadLeaf, (committed, leaf, words));
        bytes32[2] memory twice = [leaf.groupHash, bytes32(s)];
        if (kind == 27) return abi.encodeCall(disputes.proveDuplicateGroup, (committed, index, twice, words, words));
        uint32[] memory indices = new uint32[]((s >> 3) % 3);
        if (kind == 28) return abi.encodeCall(disputes.proveMissingGroup, (committed, indices, words, bytes32(s)));
        SatProof memory sat = CrookedTree.Tree(Flaw.FalseReward, 0, 0, keccak256("salt")).satProof();
        (sat.group, sat.rollout, sat.tokenTableAt) = (s % 2 == 0 ? 0 : index, index, _edge(s >> 5, 256));
        return abi.encodeCall(disputes.proveUnsatisfiedSat, (committed, sat));
    }

    function _policyCall(uint256 kind, uint256 s) private view returns (address, bytes memory) {
        (uint64 period, bytes32 word) = (uint64(_edge(s, 64)), bytes32(_edge(s >> 3, 256)));
        if (kind == 30) {
            bytes32 parent = s % 3 == 0 ? word : keccak256(CrookedTree.manifest());
            bytes32 record = bytes32(_edge(s >> 6, 256));
            return (address(policies), abi.encodeCall(policies.publish, (~word, parent, record, word, word, period, "")));
        }
        if (kind == 31) return (address(policies), abi.encodeCall(policies.object, (keccak256(CrookedTree.manifest()), word)));
        if (kind == 32) return (address(beacon), abi.encodeCall(beacon.submit, (period, new bytes(s % 2 == 0 ? 128 : s % 200))));
        Rules memory rules = params.latestRules();
        (rules.kappa, rules.quorumPpm) = (uint16(_edge(s, 16)), uint32(_edge(s >> 3, 32)));
        rules.scoreBasePpm = rules.scoreSignalPpm = uint32(_edge(s >> 6, 32));
        (rules.minMinerStake, rules.emissionPerEpoch) = (uint96(_edge(s >> 9, 96)), uint128(_edge(s >> 12, 128)));
        return (address(params), abi.encodeCall(params.setRules, (rules)));
    }

    /// @dev Smallest, small, or largest.
    function _edge(uint256 s, uint256 bits) private pure returns (uint256) {
        uint256 largest = type(uint256).max >> (256 - bits);
        return [uint256(0), 1, 2, 3, largest - 4, largest - 1, largest, largest >> 1][s % 8];
    }

    function _callerFrom(uint256 s) private view returns (address) {
        return [
            OWNER,
            vm.addr(VALIDATOR_SECRET),
            vm.addr(MINER_SECRET),
            address(disputes),
            address(settlement),
            address(vault),
            address(this),
            address(0x57A)
        ][s % 8];
    }

    /// @dev In some phase of the first epochs, or when all is long past.
    function _blockFrom(uint256 s) private pure returns (uint256) {
        return s % 16 == 0 ? 1 << 39 : START + (s % (6 * EPOCH_BLOCKS));
    }
}
