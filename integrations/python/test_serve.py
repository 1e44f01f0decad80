"""python3 -m unittest test_serve: what the server makes of requests, good and bad, on recorded logits."""

import base64
import pathlib
import shutil
import tempfile
import unittest

import numpy as np
import serve
from rollproof_protocol import keccak256
from test_protocol import read

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"
POLICY = "0x" + keccak256((MODELS / "default" / "manifest.json").read_bytes()).hex()
VECTORS = read("engines.json")


class Recorded:
    """Decodes what the vectors' logits make it decode."""

    name = "recorded"

    def __init__(self, heeds=True):
        self.heeds = heeds

    def generate(self, prompts, rows, sampling):
        for prompt, row in zip(prompts, rows):
            case = next(case for case in VECTORS["rollouts"] if case["prompt"] == prompt)
            for position, encoded in enumerate(case["logits"]):
                row.choose(position, np.frombuffer(base64.b64decode(encoded), dtype="<f4"))
        return [list(row.tokens) if self.heeds else [1, *row.tokens[1:]] for row in rows]


class Shelved(serve.Shelf):
    def __init__(self, engine):
        super().__init__("transformers", [MODELS], "cpu")
        self.policy, self.engine, self.vocabulary = POLICY, engine, 420


def request(**changes):
    rows = [{name: case[name] for name in ("group", "rollout", "prompt")} for case in VECTORS["rollouts"]]
    return {"version": 1, "policy": POLICY, **VECTORS["task"], "rows": rows, **changes}


class Server(unittest.TestCase):
    def test_answers_row_by_row(self):
        answer = serve.answer(Shelved(Recorded()), request())
        self.assertEqual([row["tokens"] for row in answer["rows"]], [case["tokens"] for case in VECTORS["rollouts"]])
        self.assertEqual(answer["policy"], POLICY)

    def test_refuses_what_the_engine_did_not_heed(self):
        with self.assertRaisesRegex(serve.Refusal, "not heeded"):
            serve.answer(Shelved(Recorded(heeds=False)), request())

    def test_refuses_what_is_no_request(self):
        row = request()["rows"][0]
        mistakes = (
            [],
            request(version=2),
            request(windowSeed="0x12"),
            request(windowSeed=5),
            request(rows=[]),
            request(rows=[{**row, "prompt": []}]),
            request(rows=[{**row, "prompt": [420]}]),
            request(rows=[{**row, "prompt": [-1]}]),
            request(rows=[{**row, "group": True}]),
            request(miner=2**32),
            request(sketchStep=0),
            request(sampling={"temperature": 0, "maxTokens": 12, "endToken": 0}),
            request(sampling={"temperature": float("nan"), "maxTokens": 12, "endToken": 0}),
            request(sampling={"temperature": 1, "maxTokens": 2**31, "endToken": 0}),
        )
        for mistake in mistakes:
            with self.subTest(mistake=str(mistake)[:80]), self.assertRaises(serve.Refusal):
                serve.answer(Shelved(Recorded()), mistake)


class Checkpoints(unittest.TestCase):
    def test_are_found_by_their_hash(self):
        self.assertEqual(serve.Shelf("transformers", [MODELS], "cpu").find(POLICY), MODELS / "default")
        self.assertEqual(serve.Shelf("transformers", [MODELS / "default"], "cpu").find(POLICY), MODELS / "default")
        with self.assertRaisesRegex(serve.Refusal, "in none of"):
            serve.Shelf("transformers", [MODELS], "cpu").find("0x" + "ab" * 32)

    def test_are_what_their_manifest_names(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "copy"
            shutil.copytree(MODELS / "default", copy)
            weights = bytearray((copy / "model.safetensors").read_bytes())
            weights[-1] ^= 1
            (copy / "model.safetensors").write_bytes(weights)
            with self.assertRaisesRegex(serve.Refusal, "not what the manifest names"):
                serve.Shelf("transformers", [copy], "cpu").find(POLICY)


if __name__ == "__main__":
    unittest.main()
