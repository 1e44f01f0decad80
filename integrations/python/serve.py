"""Answers a miner's challenges over HTTP with an engine of Python's: the protocol of docs/engines.md.

    python serve.py --engine transformers --checkpoints ~/.rollproof/checkpoints

One request at a time, as a miner asks. It holds no key and knows no chain.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from rollproof_protocol import OwedRollout, keccak256

VERSION = 1
MOST_BYTES = 32 * 2**20
LOGITS_BUDGET_BYTES = 2**30
"""Logits are kept until a rollout's tokens are fixed; more rows than fit are decoded one batch after another."""


class Refusal(Exception):
    """What is wrong with a request, in words for the miner's operator."""


def load_engine(kind: str, directory: pathlib.Path, device: str):
    if kind == "vllm":
        from vllm_engine import VllmEngine

        return VllmEngine(str(directory), device)
    from transformers_engine import TransformersEngine

    return TransformersEngine(str(directory), device)


class Shelf:
    """Finds checkpoints by their hash, makes sure of their files, and keeps the latest one loaded."""

    def __init__(self, kind: str, roots: list[pathlib.Path], device: str):
        self.kind, self.roots, self.device = kind, roots, device
        self.policy = self.engine = None
        self.vocabulary = 0

    def open(self, policy: str):
        """The engine that runs a checkpoint; `vocabulary` is then the number of its tokens."""
        if self.policy != policy:
            directory = self.find(policy)
            self.policy = self.engine = None
            self.engine = load_engine(self.kind, directory, self.device)
            self.vocabulary = json.loads((directory / "config.json").read_bytes())["vocab_size"]
            self.policy = policy
        return self.engine

    def find(self, policy: str) -> pathlib.Path:
        for root in self.roots:
            for manifest in (root / "manifest.json", *sorted(root.glob("[!.]*/manifest.json"))):
                if manifest.is_file() and "0x" + keccak256(manifest.read_bytes()).hex() == policy:
                    return verified(manifest)
        places = ", ".join(map(str, self.roots))
        raise Refusal(f"the checkpoint {policy} is in none of: {places}. Name the miner's own with --checkpoints")


def verified(manifest: pathlib.Path) -> pathlib.Path:
    hashes = json.loads(manifest.read_bytes())
    for name, key in (("model.safetensors", "weights"), ("config.json", "architecture")):
        path = manifest.parent / name
        with path.open("rb") as file:
            if "0x" + hashlib.file_digest(file, "sha256").hexdigest() != hashes[key]:
                raise Refusal(f"{path} is not what the manifest names. Fetch the checkpoint again")
    return manifest.parent


def parse(request: dict) -> tuple[dict, list[dict]]:
    """Types and bounds: what reaches the model is token ids and small numbers."""
    if request["version"] != VERSION:
        raise Refusal(f"the miner speaks version {request['version']} of the protocol, this engine {VERSION}")
    sampling = {name: request["sampling"][name] for name in ("temperature", "maxTokens", "endToken")}
    window_seed = bytes.fromhex(request["windowSeed"].removeprefix("0x"))
    task = {
        "windowSeed": window_seed,
        "miner": request["miner"],
        "sketchStep": request["sketchStep"],
        "sampling": sampling,
    }
    rows = [{name: row[name] for name in ("group", "rollout", "prompt")} for row in request["rows"]]
    whole = [request["miner"], sampling["maxTokens"], sampling["endToken"]]
    for row in rows:
        whole += [row["group"], row["rollout"], *row["prompt"]]
    if any(type(number) is not int or not 0 <= number < 2**32 for number in whole):
        raise Refusal("ids and indices must be whole numbers below 2^32")
    if len(window_seed) != 32 or not rows or not all(row["prompt"] for row in rows):
        raise Refusal("a request needs a seed of 32 bytes, rows, and a prompt for each")
    ranges = ((sampling["temperature"], 1000), (task["sketchStep"], 1), (sampling["maxTokens"], 2**20))
    if not all(0 < number <= most for number, most in ranges):
        raise Refusal("temperature, sketchStep or maxTokens is out of range")
    return task, rows


def answer(shelf: Shelf, request: dict) -> dict:
    try:
        task, rows = parse(request)
    except (KeyError, TypeError, AttributeError, ValueError) as mistake:
        raise Refusal(f"this is no request of the protocol: {mistake!r}") from mistake
    engine = shelf.open(request["policy"])
    vocabulary = shelf.vocabulary
    if any(token >= vocabulary for row in rows for token in row["prompt"]):
        raise Refusal(f"a prompt holds a token beyond the vocabulary of {vocabulary}")
    at_once = max(1, LOGITS_BUDGET_BYTES // (4 * vocabulary * task["sampling"]["maxTokens"]))
    answers = []
    for start in range(0, len(rows), at_once):
        asked = rows[start : start + at_once]
        owed = [OwedRollout(task, row["group"], row["rollout"]) for row in asked]
        decoded = engine.generate([row["prompt"] for row in asked], owed, task["sampling"])
        for row, tokens in zip(owed, decoded, strict=True):
            if tokens != row.tokens:
                raise Refusal("the engine decoded other tokens than the owed ones: the processor was not heeded")
            answers.append(row.answer())
    return {"version": VERSION, "policy": request["policy"], "engine": engine.name, "rows": answers}


def encode(reply: dict) -> bytes:
    return json.dumps(reply, allow_nan=False).encode()


class Handler(BaseHTTPRequestHandler):
    timeout = 60
    shelf: Shelf

    def do_POST(self):
        length = int(self.headers.get("content-length", "-1"))
        # A page in somebody's browser cannot send this type to another host without being asked back first.
        if self.headers.get("content-type") != "application/json" or not 0 <= length <= MOST_BYTES:
            return self.send_error(400)
        if self.path != "/v1/rollouts":
            return self.send_error(404)
        try:
            body = encode(answer(self.shelf, json.loads(self.rfile.read(length))))
        except Refusal as refusal:
            body = encode({"error": str(refusal)})
        except Exception as failure:
            self.log_error("%r", failure)
            body = encode({"error": f"the engine failed: {failure!r}"[:500]})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--engine", choices=("transformers", "vllm"), required=True)
    parser.add_argument("--checkpoints", type=pathlib.Path, action="append", required=True, help="repeatable")
    parser.add_argument("--device", default="cpu", help="of torch, for transformers: cpu, cuda, mps")
    parser.add_argument("--host", default="127.0.0.1", help="nothing but loopback needs a firewall")
    parser.add_argument("--port", type=int, default=4840, help="0 takes any free one")
    parser.add_argument("--until-input-ends", action="store_true", help="end with whoever started this")
    flags = parser.parse_args()
    if flags.until_input_ends:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    Handler.shelf = Shelf(flags.engine, flags.checkpoints, flags.device)
    with HTTPServer((flags.host, flags.port), Handler) as server:
        print(f"listening on http://{flags.host}:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
