// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {
    Commitment,
    CommitmentProof,
    EvidenceOpening,
    Fault,
    IDisputes,
    Leaf,
    SatProof,
    TokenText
} from "./interfaces/IDisputes.sol";
import {IParams, Rules} from "./interfaces/IParams.sol";
import {IPolicyRegistry, Policy} from "./interfaces/IPolicyRegistry.sol";
import {IRolloutLog, Opening, Schedule} from "./interfaces/IRolloutLog.sol";
import {IScoreBook} from "./interfaces/IScoreBook.sol";
import {IStakeRegistry, Role, Seat, Signer} from "./interfaces/IStakeRegistry.sol";
import {CommitmentTree} from "./libraries/CommitmentTree.sol";
import {GroupReader} from "./libraries/GroupReader.sol";
import {ManifestField} from "./libraries/ManifestField.sol";
import {MerkleRoot} from "./libraries/MerkleRoot.sol";
import {SatProblem} from "./libraries/SatProblem.sol";

contract Disputes is IDisputes, EIP712 {
    uint256 private constant PPM = 1_000_000;
    bytes32 private constant SAT = keccak256("sat");
    /// @dev `parametersHash` of shared/environments/sat.ts: the version of it that SatProblem repeats.
    bytes32 private constant SAT_PARAMETERS = 0xad7eaa544e25d51a1692b176a3e80bd486609b467eafa569702217d45cc95d97;
    bytes32 private constant EVIDENCE_OPENING =
        keccak256("EvidenceOpening(uint64 epoch,uint32 validatorUid,bytes32 rowDigest,bytes32 evidenceRoot)");

    IStakeRegistry public immutable registry;
    IParams public immutable params;
    IRolloutLog public immutable rolloutLog;
    IScoreBook public immutable scoreBook;
    IPolicyRegistry public immutable policies;
    uint64 private immutable _epochWindows;
    uint64 private immutable _epochBlocks;
    uint64 private immutable _revealBlocks;

    mapping(Role => mapping(uint32 uid => mapping(uint64 period => bool))) public isPunished;

    constructor(
        IStakeRegistry registry_,
        IParams params_,
        IRolloutLog rolloutLog_,
        IScoreBook scoreBook_,
        IPolicyRegistry policies_
    ) EIP712("Rollproof", "1") {
        // Who commits in an epoch's first block and leaves in the next is still bonded when its ballots go.
        uint256 needed = uint256(scoreBook_.KEPT_EPOCHS() + 1) * params_.epochBlocks();
        uint256 unbonding = registry_.unbondingBlocks();
        require(unbonding >= needed, UnbondingTooShort(unbonding, needed));
        registry = registry_;
        params = params_;
        rolloutLog = rolloutLog_;
        scoreBook = scoreBook_;
        policies = policies_;
        Schedule memory s = rolloutLog_.schedule();
        _epochWindows = s.epochWindows;
        _epochBlocks = params_.epochBlocks();
        _revealBlocks = s.revealBlocks;
    }

    function proveUnsatisfiedSat(CommitmentProof calldata committed, SatProof calldata sat) external {
        (Commitment calldata c, uint32 minerUid) = _requireCounted(committed);
        Leaf memory leaf = Leaf(c.window, minerUid, sat.group, keccak256(sat.groupBytes));
        _requireLeaf(leaf, sat.proof, c.root);
        (uint256 index, GroupReader.Rollout memory rollout) = GroupReader.read(
            sat.groupBytes,
            rolloutLog.opening(c.window).groupSize,
            sat.rollout
        );
        require(index == sat.group, GroupIndexMismatch(sat.group, index));

        bytes32 seed = keccak256(
            abi.encode("problem", rolloutLog.windowSeed(c.window), minerUid, sat.group)
        );
        SatProblem.Problem memory problem = SatProblem.derive(seed);
        bytes memory text = _text(sat, _tokenTable(c.window, sat), rollout.tokens, 2 * problem.variables);
        uint256 earned = SatProblem.judge(problem, text);
        require(rollout.reward > earned, RewardEarned(rollout.reward, earned));

        _punishMiner(Fault.FalseReward, minerUid, c.window);
    }

    function proveBadLeaf(
        CommitmentProof calldata committed,
        Leaf calldata leaf,
        bytes32[] calldata proof
    ) external {
        (Commitment calldata c, uint32 minerUid) = _requireCounted(committed);
        _requireLeaf(leaf, proof, c.root);
        bool owed = leaf.window == c.window && leaf.minerUid == minerUid && leaf.index < c.groups;
        require(!owed, NoFault(minerUid, c.window));

        _punishMiner(Fault.BadLeaf, minerUid, c.window);
    }

    function proveDuplicateGroup(
        CommitmentProof calldata committed,
        uint32 group,
        bytes32[2] calldata groupHashes,
        bytes32[] calldata firstProof,
        bytes32[] calldata secondProof
    ) external {
        (Commitment calldata c, uint32 minerUid) = _requireCounted(committed);
        bytes32 leaf = _requireLeaf(
            Leaf(c.window, minerUid, group, groupHashes[0]),
            firstProof,
            c.root
        );
        _requireLeaf(Leaf(c.window, minerUid, group, groupHashes[1]), secondProof, c.root);
        // One place has one path: another path, or the leaf as its own sibling, is another place.
        bool twice = groupHashes[0] != groupHashes[1] ||
            keccak256(abi.encode(firstProof)) != keccak256(abi.encode(secondProof)) ||
            (firstProof.length > 0 && firstProof[0] == leaf);
        require(twice, NoFault(minerUid, c.window));

        _punishMiner(Fault.BadLeaf, minerUid, c.window);
    }

    function proveMissingGroup(
        CommitmentProof calldata committed,
        uint32[] calldata indices,
        bytes32[] calldata groupHashes,
        bytes32 bundleHash
    ) external {
        (Commitment calldata c, uint32 minerUid) = _requireCounted(committed);
        uint256 count = indices.length;
        bool fewer = count > 0 && count == groupHashes.length && count < c.groups;
        require(fewer, NoFault(minerUid, c.window));
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = CommitmentTree.hash(Leaf(c.window, minerUid, indices[i], groupHashes[i]));
        }
        bytes32 computed = CommitmentTree.seal(MerkleRoot.compute(leaves), bundleHash);
        require(computed == c.root, LeavesNotCommitted(computed, c.root));

        _punishMiner(Fault.MissingGroup, minerUid, c.window);
    }

    function proveNonReveal(uint64 epoch, uint32 validatorUid) external {
        uint256 end = rolloutLog.epochStart(epoch) + _epochBlocks + _revealBlocks;
        require(block.number >= end, RevealPhaseRunning(epoch, end, block.number));
        (bytes24 hash, bool revealed) = scoreBook.ballot(epoch, validatorUid);
        require(hash != 0 && !revealed, NoCommitmentOpen(epoch, validatorUid));

        _punish(Fault.NonReveal, Role.Validator, validatorUid, epoch, epoch);
    }

    function proveEquivocation(
        EvidenceOpening calldata first,
        bytes calldata firstSignature,
        EvidenceOpening calldata second,
        bytes calldata secondSignature
    ) external {
        require(
            first.epoch == second.epoch &&
                first.validatorUid == second.validatorUid &&
                (first.rowDigest != second.rowDigest || first.evidenceRoot != second.evidenceRoot),
            StatementsAgree(first.epoch, first.validatorUid)
        );
        _requireSigned(first, firstSignature);
        _requireSigned(second, secondSignature);

        _punish(Fault.Equivocation, Role.Validator, first.validatorUid, first.epoch, first.epoch);
    }

    function proveFalseOpening(EvidenceOpening calldata opening, bytes calldata signature) external {
        _requireSigned(opening, signature);
        (bytes24 digest, bool revealed) = scoreBook.ballot(opening.epoch, opening.validatorUid);
        require(revealed, NotRevealed(opening.epoch, opening.validatorUid));
        require(
            bytes24(opening.rowDigest) != digest,
            StatementsAgree(opening.epoch, opening.validatorUid)
        );

        _punish(Fault.Equivocation, Role.Validator, opening.validatorUid, opening.epoch, opening.epoch);
    }

    function disputableUntil(uint64 epoch) public view returns (uint256) {
        return scoreBook.keptUntil(epoch);
    }

    function _requireCommitted(CommitmentProof calldata proof) private view returns (Commitment calldata c) {
        require(proof.commitments.length > 0, NoCommitmentGiven(proof.hotKey));
        bytes32 expected = rolloutLog.commitmentChain(proof.hotKey);
        bytes32 digest = CommitmentTree.fold(proof);
        require(digest == expected, NotCommitted(proof.hotKey, digest, expected));
        return proof.commitments[0];
    }

    /// @dev The rule of IRolloutLog.
    function _requireCounted(
        CommitmentProof calldata proof
    ) private view returns (Commitment calldata c, uint32 minerUid) {
        c = _requireCommitted(proof);
        Signer memory signer = registry.signerOf(proof.hotKey);
        minerUid = signer.uid;
        bool signs = signer.owner != address(0) &&
            signer.role == Role.Miner &&
            registry.hotKeyAt(Role.Miner, minerUid, rolloutLog.windowStart(c.window) - 1) == proof.hotKey &&
            registry.hotKeyAt(Role.Miner, minerUid, c.blockNumber) == proof.hotKey;
        Opening memory opening = rolloutLog.opening(c.window);
        bool counts = signs && c.groups > 0 && c.groups <= opening.maxGroups;
        require(counts, CommitmentNotCounted(proof.hotKey, c.window));
    }

    function _requireLeaf(
        Leaf memory leaf,
        bytes32[] calldata proof,
        bytes32 root
    ) private pure returns (bytes32 hash) {
        hash = CommitmentTree.hash(leaf);
        require(MerkleProof.verifyCalldata(proof, root, hash), LeafNotCommitted(hash, root));
    }

    /// @dev The token table of the policy that the window used, which must be asked for SAT.
    function _tokenTable(uint64 window, SatProof calldata sat) private view returns (bytes32) {
        bytes32 active = policies.activePolicy(window);
        Policy memory policy = policies.policy(active);
        require(
            policy.environmentId == SAT && policy.environmentHash == SAT_PARAMETERS,
            NotSatPolicy(policy.environmentId, policy.environmentHash)
        );
        bytes32 given = keccak256(sat.manifest);
        require(given == active, ManifestMismatch(given, active));
        (bool found, bytes32 table) = ManifestField.tokenTable(sat.manifest, sat.tokenTableAt);
        require(found, TokenTableMissing(sat.tokenTableAt));
        return table;
    }

    /// @dev What the tokens say, or its beginning once that is longer than any answer.
    function _text(
        SatProof calldata sat,
        bytes32 table,
        uint256[] memory tokens,
        uint256 longest
    ) private pure returns (bytes memory text) {
        for (uint256 i = 0; i < sat.texts.length; ++i) {
            TokenText calldata t = sat.texts[i];
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(t.token, t.text))));
            require(MerkleProof.verifyCalldata(t.proof, table, leaf), TokenTextUnproven(t.token));
        }
        for (uint256 t = 0; t < tokens.length && text.length <= longest; ++t) {
            text = bytes.concat(text, _textOf(sat.texts, tokens[t]));
        }
    }

    function _textOf(TokenText[] calldata texts, uint256 token) private pure returns (bytes calldata) {
        for (uint256 i = 0; i < texts.length; ++i) {
            if (texts[i].token == token) return texts[i].text;
        }
        revert TokenTextMissing(token);
    }

    /// @dev A hot key that was rotated away still names its validator.
    function _requireSigned(EvidenceOpening calldata o, bytes calldata signature) private view {
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(EVIDENCE_OPENING, o.epoch, o.validatorUid, o.rowDigest, o.evidenceRoot))
        );
        address account = ECDSA.recoverCalldata(digest, signature);
        Signer memory signer = registry.signerOf(account);
        bool isValidator = signer.owner != address(0) && signer.role == Role.Validator;
        require(
            isValidator && signer.uid == o.validatorUid,
            NotSignedByValidator(account, o.validatorUid)
        );
    }

    function _punishMiner(Fault fault, uint32 uid, uint64 window) private {
        _punish(fault, Role.Miner, uid, window, window / _epochWindows);
    }

    /// @dev One punishment for a miner's window, or a validator's epoch, whatever was wrong with it.
    function _punish(Fault fault, Role role, uint32 uid, uint64 period, uint64 epoch) private {
        uint256 end = disputableUntil(epoch);
        require(block.number < end, DisputeWindowOver(epoch, end, block.number));
        require(!isPunished[role][uid][period], AlreadyPunished(role, uid, period));
        Rules memory rules = params.rulesAt(epoch);
        uint256 sharePpm = fault == Fault.NonReveal ? rules.nonRevealSlashPpm : rules.faultSlashPpm;
        (, , Seat memory seat) = registry.entity(role, uid);
        uint256 amount = (seat.stake * sharePpm) / PPM;
        require(amount > 0, NothingToSlash(role, uid));

        isPunished[role][uid][period] = true;
        emit FaultProven(fault, role, uid, period, amount, msg.sender);
        registry.slash(role, uid, amount);
    }
}
