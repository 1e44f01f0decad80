// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ChaCha20} from "./ChaCha20.sol";

/// @notice The 3-SAT environment: the problem of a seed, and what a completion earns.
/// @dev shared/environments/sat.ts in integers, draw by draw; both must agree on every seed and every text.
library SatProblem {
    uint256 internal constant PPM = 1_000_000;
    uint256 private constant WORD_VALUES = 1 << 32;

    struct Problem {
        uint256 variables;
        /// @dev Three literals of 8 bits each: 2 * variable, plus 1 where negated.
        uint256[] clauses;
    }

    struct Draw {
        bytes32 seed;
        uint32 taken;
        uint256[4] rows;
    }

    function derive(bytes32 seed) internal pure returns (Problem memory problem) {
        Draw memory draw;
        draw.seed = seed;
        uint256 n = 3 + _below(draw, 8);
        problem.variables = n;
        problem.clauses = new uint256[](5 + _below(draw, 16));
        uint256 witness = _below(draw, 1 << n);
        for (uint256 i = 0; i < problem.clauses.length; ++i) problem.clauses[i] = _clause(draw, n, witness);
    }

    /// @return reward in parts per million: everything for an assignment that satisfies every clause, else nothing.
    function judge(Problem memory problem, bytes memory text) internal pure returns (uint256 reward) {
        (bool wellFormed, uint256 assignment) = _parse(text, problem.variables);
        if (!wellFormed) return 0;
        for (uint256 i = 0; i < problem.clauses.length; ++i) {
            if (!_satisfies(problem.clauses[i], assignment)) return 0;
        }
        return PPM;
    }

    function _clause(Draw memory draw, uint256 n, uint256 witness) private pure returns (uint256) {
        uint256 x = _below(draw, 7 * n * (n - 1) * (n - 2));
        uint256 a = x % n;
        x /= n;
        uint256 b = x % (n - 1);
        x /= n - 1;
        uint256 c = x % (n - 2);
        uint256 pattern = 1 + x / (n - 2);
        if (b >= a) ++b;
        (uint256 low, uint256 high) = a < b ? (a, b) : (b, a);
        if (c >= low) ++c;
        if (c >= high) ++c;
        if (c < low) return _literals(c, low, high, pattern, witness);
        if (c < high) return _literals(low, c, high, pattern, witness);
        return _literals(low, high, c, pattern, witness);
    }

    function _literals(
        uint256 low,
        uint256 middle,
        uint256 high,
        uint256 pattern,
        uint256 witness
    ) private pure returns (uint256) {
        return
            _literal(low, pattern, witness) |
            (_literal(middle, pattern >> 1, witness) << 8) |
            (_literal(high, pattern >> 2, witness) << 16);
    }

    /// @dev Negated where the hidden assignment's value is not the wanted one, bit 0 of `pattern`.
    function _literal(uint256 variable, uint256 pattern, uint256 witness) private pure returns (uint256) {
        return 2 * variable + (((witness >> variable) ^ pattern) & 1);
    }

    function _satisfies(uint256 clause, uint256 assignment) private pure returns (bool) {
        for (uint256 k = 0; k < 3; ++k) {
            uint256 literal = (clause >> (8 * k)) & 0xff;
            if ((assignment >> (literal >> 1)) & 1 != literal & 1) return true;
        }
        return false;
    }

    /// @dev Every variable in order as a digit, `!` before it where false, and nothing else.
    function _parse(bytes memory text, uint256 variables) private pure returns (bool, uint256 assignment) {
        uint256 position = 0;
        for (uint256 variable = 0; variable < variables; ++variable) {
            bool negated = position < text.length && text[position] == "!";
            if (negated) ++position;
            if (position >= text.length || uint8(text[position]) != 0x30 + variable) return (false, 0);
            ++position;
            if (!negated) assignment |= 1 << variable;
        }
        return (position == text.length, assignment);
    }

    /// @dev Words of the keystream in order; those at or above the largest multiple of `bound` are passed over.
    function _below(Draw memory draw, uint256 bound) private pure returns (uint256) {
        uint256 accepted = WORD_VALUES - (WORD_VALUES % bound);
        uint256 word = _word(draw);
        while (word >= accepted) word = _word(draw);
        return word % bound;
    }

    function _word(Draw memory draw) private pure returns (uint256) {
        uint256 place = draw.taken % 16;
        if (place == 0) draw.rows = ChaCha20.keystream(draw.seed, draw.taken / 16);
        ++draw.taken;
        return (draw.rows[place / 4] >> (64 * (place % 4))) & 0xffffffff;
    }
}
