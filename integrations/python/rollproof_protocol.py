"""What an engine owes, as shared/protocol/ derives it: seeds, random numbers, tokens, sketches. numpy alone.

Exact to the last bit, whatever the machine: seeds, random numbers, the token for given probabilities, the sketch of
given logits. Sums are float64 in id order, as they are there; numpy's own `sum` adds in pairs and would not do.

Not exact: logits, and `softmax` of them. Two engines differ near 1e-6 there, so that a random number that lies that
close to a boundary between two tokens owes one of them here and the other there. Validators allow for it.
"""

import numpy as np

# -- keccak256, as Ethereum has it: hashlib's sha3_256 pads differently ------------------------------------------------

_ROTATIONS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
_ROUND_CONSTANTS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip
_RATE = 136
_LANE = (1 << 64) - 1


def _rotate(lane, bits):
    return ((lane << bits) | (lane >> (64 - bits))) & _LANE


def _permute(lanes):
    for constant in _ROUND_CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [columns[x - 1] ^ _rotate(columns[(x + 1) % 5], 1) for x in range(5)]
        moved = [0] * 25
        for y in range(5):
            for x in range(5):
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = _rotate(lanes[x + 5 * y] ^ mixed[x], _ROTATIONS[x + 5 * y])
        rows = range(0, 25, 5)
        lanes = [moved[y + x] ^ (~moved[y + (x + 1) % 5] & moved[y + (x + 2) % 5]) for y in rows for x in range(5)]
        lanes[0] ^= constant
    return lanes


def keccak256(data: bytes) -> bytes:
    padding = bytearray(_RATE - len(data) % _RATE)
    padding[0] |= 0x01
    padding[-1] |= 0x80
    padded = data + padding
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for i in range(_RATE // 8):
            lanes[i] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


# -- seeds -------------------------------------------------------------------------------------------------------------


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _seed(tag: str, *words: bytes) -> bytes:
    """keccak256(abi.encode(tag, words…)): every word is a bytes32 or an integer."""
    text = tag.encode()
    head = _word(32 * (1 + len(words))) + b"".join(words)
    return keccak256(head + _word(len(text)) + text.ljust(-(-len(text) // 32) * 32, b"\0"))


def child_seed(tag: str, parent: bytes, *indices: int) -> bytes:
    return _seed(tag, parent, *map(_word, indices))


def token_bound_seed(tag: str, parent: bytes, tokens_hash: bytes, *indices: int) -> bytes:
    return _seed(tag, parent, tokens_hash, *map(_word, indices))


def hash_tokens(tokens) -> bytes:
    return keccak256(np.asarray(tokens, dtype=">u4").tobytes())


# -- the keystream: ChaCha20 (RFC 8439) under the seed, zero nonce -----------------------------------------------------


def _quarter(a, b, c, d):
    for first, second in ((16, 12), (8, 7)):
        a = a + b
        d = d ^ a
        d = d << np.uint32(first) | d >> np.uint32(32 - first)
        c = c + d
        b = b ^ c
        b = b << np.uint32(second) | b >> np.uint32(32 - second)
    return a, b, c, d


def keystream(seed: bytes, block: int, blocks: int) -> np.ndarray:
    """Bytes [64 * blocks] from a 64-byte block on. All blocks are computed side by side."""
    state = np.empty((16, blocks), dtype=np.uint32)
    state[:4] = np.frombuffer(b"expand 32-byte k", dtype="<u4")[:, None]
    state[4:12] = np.frombuffer(seed, dtype="<u4")[:, None]
    state[12] = np.arange(block, block + blocks, dtype=np.uint64).astype(np.uint32)
    state[13:] = 0
    a, b, c, d = state[:4], state[4:8], state[8:12], state[12:]
    for _ in range(10):
        a, b, c, d = _quarter(a, b, c, d)
        a, b, c, d = _quarter(a, np.roll(b, -1, axis=0), np.roll(c, -2, axis=0), np.roll(d, -3, axis=0))
        b, c, d = np.roll(b, 1, axis=0), np.roll(c, 2, axis=0), np.roll(d, 3, axis=0)
    words = np.concatenate((a, b, c, d)) + state
    return np.frombuffer(words.T.astype("<u4").tobytes(), dtype=np.uint8)


# -- sampling ----------------------------------------------------------------------------------------------------------


def sampling_uniforms(window_seed: bytes, miner: int, group: int, rollout: int, count: int) -> np.ndarray:
    """u_0 … u_{count-1}, 53 bits each, in [0, 1)."""
    seed = child_seed("sample", window_seed, miner, group, rollout)
    words = keystream(seed, 0, -(-count // 8)).view("<u4")[: 2 * count].astype(np.uint64)
    return (words[1::2] * 2**21 + (words[::2] >> np.uint64(11))).astype(np.float64) / 2**53


def softmax(logits: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """float32 probabilities and log-probabilities of float32 logits [V], computed in float64 and rounded once."""
    scaled = logits.astype(np.float64) / temperature
    shifted = scaled - scaled.max()
    weights = np.exp(shifted)
    total = weights.sum()
    return (weights / total).astype(np.float32), (shifted - np.log(total)).astype(np.float32)


def owed_token(probabilities: np.ndarray, uniform: float) -> tuple[int, float, float]:
    """The first token, in id order, whose cumulative probability exceeds u times the total, and the interval that it
    owns: shares of the total, below ≤ u < above.

    Raises ValueError for what is no distribution.
    """
    cumulative = np.add.accumulate(probabilities, dtype=np.float64)
    total = cumulative[-1]
    token = int(np.searchsorted(cumulative, uniform * total, side="right"))
    if token == len(probabilities) or not np.isfinite(total):
        raise ValueError("the logits are no distribution: they hold a NaN or nothing finite")
    below = cumulative[token - 1] if token > 0 else 0.0
    return token, float(below / total), float(cumulative[token] / total)


# -- sketches ----------------------------------------------------------------------------------------------------------

SKETCHES = 4


_BLOCKS_AT_ONCE = 1 << 16


def sketch_signs(seed: bytes, positions: range, vocabulary: int):
    """Four bits for each token, [V], one for each projection; position after position."""
    blocks = -(-vocabulary // 128)
    at_once = max(1, _BLOCKS_AT_ONCE // blocks)
    for start in range(positions.start, positions.stop, at_once):
        count = min(at_once, positions.stop - start)
        for pairs in keystream(seed, start * blocks, count * blocks).reshape(count, -1):
            signs = np.empty(2 * len(pairs), dtype=np.uint8)
            signs[::2] = pairs & 15
            signs[1::2] = pairs >> 4
            yield signs[:vocabulary]


def sketch_position(logits: np.ndarray, signs: np.ndarray, step: float) -> list[int]:
    """Four projections of the centred logits, in steps of `step`, modulo 2^8."""
    vocabulary = len(logits)
    # Tokens with the same four signs are summed together, in id order: that is what bincount does.
    sums = np.bincount(signs, weights=logits.astype(np.float64), minlength=16).tolist()
    counts = np.bincount(signs, minlength=16).tolist()
    mean = _add(sums) / vocabulary
    projections = [0.0] * SKETCHES
    for pattern in range(16):
        centred = sums[pattern] - counts[pattern] * mean
        for j in range(SKETCHES):
            projections[j] += centred if pattern >> j & 1 else -centred
    scale = 1 / (float(np.sqrt(np.float64(vocabulary))) * step)
    return [_wrap(projection * scale) for projection in projections]


def _add(numbers: list[float]) -> float:
    """One after the other: Python's own `sum` compensates for rounding."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _wrap(value: float) -> int:
    """Rounds halves up, as JavaScript does, and keeps the lowest byte, signed."""
    floor = int(np.floor(value))
    rounded = floor + 1 if value - floor >= 0.5 else floor
    return (rounded + 128) % 256 - 128


# -- one rollout -------------------------------------------------------------------------------------------------------


class OwedRollout:
    """Chooses the tokens of one rollout as its engine comes to them, and keeps the logits until all are fixed, since
    the sketch's signs are derived from the tokens: 4 bytes a token of the vocabulary and a position.
    """

    def __init__(self, task: dict, group: int, rollout: int):
        self.sampling, self.step = task["sampling"], task["sketchStep"]
        self.identity = (task["windowSeed"], task["miner"], group, rollout)
        self.uniforms = sampling_uniforms(*self.identity, self.sampling["maxTokens"])
        self.tokens: list[int] = []
        self._logits: list[np.ndarray] = []
        self._log_probabilities: list[float] = []
        self._intervals: list[tuple[float, float]] = []

    @property
    def finished(self) -> bool:
        full = len(self.tokens) == self.sampling["maxTokens"]
        return full or (bool(self.tokens) and self.tokens[-1] == self.sampling["endToken"])

    def choose(self, position: int, logits: np.ndarray) -> int:
        """The token that is owed at a position, of its float32 logits [V] before temperature. An engine may come to
        the last position again, as one does that takes a request up anew: what was chosen there is chosen anew.
        """
        for record in (self.tokens, self._logits, self._log_probabilities, self._intervals):
            del record[position:]
        if position != len(self.tokens):
            raise ValueError(f"the engine skipped from position {len(self.tokens)} to {position}")
        probabilities, log_probabilities = softmax(logits, self.sampling["temperature"])
        token, below, above = owed_token(probabilities, self.uniforms[position])
        self.tokens.append(token)
        self._logits.append(logits.copy())
        self._log_probabilities.append(float(log_probabilities[token]))
        self._intervals.append((below, above))
        return token

    def answer(self) -> dict:
        """What the miner is sent, once all tokens are fixed."""
        window_seed, *indices = self.identity
        seed = token_bound_seed("sketch", window_seed, hash_tokens(self.tokens), *indices)
        signs = sketch_signs(seed, range(len(self.tokens)), len(self._logits[0]))
        sketches = [
            sketch_position(logits, of_position, self.step)
            for logits, of_position in zip(self._logits, signs, strict=True)
        ]
        return {
            "tokens": self.tokens,
            "logProbabilities": self._log_probabilities,
            "intervals": self._intervals,
            "sketches": [number for sketch in sketches for number in sketch],
        }
