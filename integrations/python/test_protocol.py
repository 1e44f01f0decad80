"""python3 -m unittest test_protocol: the protocol's arithmetic against the vectors that TypeScript wrote."""

import base64
import json
import pathlib
import unittest

import numpy as np
import rollproof_protocol as protocol

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "test" / "vectors"


def read(name):
    return json.loads((VECTORS / name).read_text())


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))


def by_formula(vocabulary):
    return np.arange(vocabulary, dtype=np.int64) * 7919 % 4093


def signs_at(seed, position, vocabulary):
    return next(protocol.sketch_signs(seed, range(position, position + 1), vocabulary))


class Protocol(unittest.TestCase):
    vectors = read("protocol.json")

    def test_derives_seeds(self):
        seeds = self.vectors["seeds"]
        for case in seeds["child"]:
            derived = protocol.child_seed(case["tag"], unhex(case["parent"]), *case["indices"])
            self.assertEqual(derived, unhex(case["seed"]))
        for case in seeds["tokens"]:
            self.assertEqual(protocol.hash_tokens(case["tokens"]), unhex(case["hash"]))
        for case in seeds["tokenBound"]:
            hashed = protocol.hash_tokens(case["tokens"])
            derived = protocol.token_bound_seed(case["tag"], unhex(case["parent"]), hashed, *case["indices"])
            self.assertEqual(derived, unhex(case["seed"]))

    def test_pads_a_full_block(self):
        # Zeros, one byte short of the rate, the rate, one more: as viem hashes them.
        expected = ("29e3704feeca7fb9", "3a5912a7c5faa06e", "bee7fbb405cb0d91")
        for length, digest in zip((135, 136, 137), expected, strict=True):
            self.assertEqual(protocol.keccak256(bytes(length)).hex()[:16], digest)

    def test_expands_seeds(self):
        for case in self.vectors["keystream"]:
            stream = protocol.keystream(unhex(case["seed"]), case["block"], -(-case["length"] // 64))
            self.assertEqual(stream[: case["length"]].tobytes(), unhex(case["bytes"]))

    def test_draws_and_chooses(self):
        sampling = self.vectors["sampling"]
        drawn = sampling["uniforms"]
        uniforms = protocol.sampling_uniforms(
            unhex(drawn["parent"]), drawn["miner"], drawn["group"], drawn["rollout"], len(drawn["outOf2To53"])
        )
        self.assertEqual([str(int(u * 2**53)) for u in uniforms], drawn["outOf2To53"])
        probabilities = np.array(sampling["probabilities"], dtype=np.float32)
        for case in sampling["owed"]:
            token, below, above = protocol.owed_token(probabilities, int(case["outOf2To53"]) / 2**53)
            self.assertEqual(token, case["token"])
            self.assertTrue(below <= int(case["outOf2To53"]) / 2**53 < above)

    def test_sketches(self):
        vectors = self.vectors["sketch"]
        logits = np.array(vectors["logits"], dtype=np.float32)
        for case in vectors["cases"]:
            signs = signs_at(unhex(vectors["seed"]), case["position"], len(logits))
            self.assertEqual(protocol.sketch_position(logits, signs, vectors["step"]), case["sketch"])


class Engines(unittest.TestCase):
    vectors = read("engines.json")

    def test_owes_the_same_rollouts(self):
        task = {**self.vectors["task"], "windowSeed": unhex(self.vectors["task"]["windowSeed"])}
        for case in self.vectors["rollouts"]:
            row = protocol.OwedRollout(task, case["group"], case["rollout"])
            for position, encoded in enumerate(case["logits"]):
                self.assertFalse(row.finished)
                row.choose(position, np.frombuffer(base64.b64decode(encoded), dtype="<f4"))
            self.assertTrue(row.finished)
            answer = row.answer()
            self.assertEqual(answer["tokens"], case["tokens"])
            self.assertEqual(answer["sketches"], case["sketches"])
            np.testing.assert_allclose(answer["logProbabilities"], case["logProbabilities"], rtol=0, atol=1e-5)
            for (below, above), uniform in zip(answer["intervals"], row.uniforms):
                self.assertTrue(below <= uniform < above)

    def test_owes_the_same_of_large_vocabularies(self):
        step = self.vectors["task"]["sketchStep"]
        for case in self.vectors["large"]:
            numbers = by_formula(case["vocabulary"])
            probabilities = (numbers / 2**20).astype(np.float32)
            for owed in case["owed"]:
                self.assertEqual(protocol.owed_token(probabilities, owed["uniform"])[0], owed["token"])
            logits = (numbers / 64 - 31).astype(np.float32)
            signs = signs_at(unhex(case["seed"]), case["position"], case["vocabulary"])
            self.assertEqual(protocol.sketch_position(logits, signs, step), case["sketch"])


class Mistakes(unittest.TestCase):
    task = {
        "windowSeed": bytes(32),
        "miner": 0,
        "sketchStep": 2**-16,
        "sampling": {"temperature": 1, "maxTokens": 4, "endToken": 0},
    }

    def test_refuses_what_is_no_distribution(self):
        row = protocol.OwedRollout(self.task, 0, 0)
        for logits in ([np.nan, 0.0], [-np.inf, -np.inf], [np.inf, 0.0]):
            with self.assertRaises(ValueError), np.errstate(invalid="ignore"):
                row.choose(0, np.array(logits, dtype=np.float32))

    def test_chooses_anew_but_never_skips(self):
        row = protocol.OwedRollout(self.task, 0, 0)
        flat = np.zeros(300, dtype=np.float32)
        first = row.choose(0, flat)
        self.assertEqual(row.choose(0, flat), first)
        self.assertEqual(row.tokens, [first])
        with self.assertRaises(ValueError):
            row.choose(2, flat)


if __name__ == "__main__":
    unittest.main()
