"""vLLM (V1) as an engine: a logits processor that leaves only the owed token, and its decoding."""

import os

# The processor hands its rows over in memory, so the engine's core must run in this process.
os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"

import torch
import vllm
from rollproof_protocol import OwedRollout
from vllm import LLM, SamplingParams
from vllm.v1.sample.logits_processor import AdapterLogitsProcessor

_rows: dict[int, OwedRollout] = {}


class OwedTokens(AdapterLogitsProcessor):
    """For requests of temperature 0 whose `extra_args` name a row; leaves others alone."""

    def is_argmax_invariant(self) -> bool:
        return False

    def new_req_logits_processor(self, params: SamplingParams):
        row = _rows.get((params.extra_args or {}).get("rollproof"))
        if row is None:
            return None

        def force(output: list[int], logits: torch.Tensor) -> torch.Tensor:
            token = row.choose(len(output), logits.float().cpu().numpy())
            logits.fill_(-torch.inf)
            logits[token] = 0
            return logits

        return force


class VllmEngine:
    name = f"vllm {vllm.__version__}, torch {torch.__version__}"

    def __init__(self, directory: str, device: str):
        # vLLM finds its device itself. float32 throughout: the tolerances of validators leave no room for halves.
        # Tokens are scheduled once the one before is known: what is owed depends on it.
        self.model = LLM(
            model=directory,
            dtype="float32",
            skip_tokenizer_init=True,
            async_scheduling=False,
            logits_processors=[OwedTokens],
        )

    def generate(self, prompts: list[list[int]], rows: list[OwedRollout], sampling: dict) -> list[list[int]]:
        """Decodes one batch. Returns its tokens; the rows keep all else."""
        _rows.update(enumerate(rows))
        params = [
            SamplingParams(
                temperature=0,
                max_tokens=sampling["maxTokens"],
                stop_token_ids=[sampling["endToken"]],
                ignore_eos=True,
                detokenize=False,
                extra_args={"rollproof": index},
            )
            for index in range(len(rows))
        ]
        try:
            requests = [{"prompt_token_ids": prompt} for prompt in prompts]
            outputs = self.model.generate(requests, params, use_tqdm=False)
        finally:
            _rows.clear()
        return [list(output.outputs[0].token_ids) for output in outputs]
