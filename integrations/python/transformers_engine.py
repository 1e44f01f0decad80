"""Hugging Face transformers as an engine: a logits processor that leaves only the owed token, and its decoding."""

import numpy as np
import torch
import transformers
from rollproof_protocol import OwedRollout
from transformers import AutoModelForCausalLM, GenerationConfig, LogitsProcessor, LogitsProcessorList


class OwedTokens(LogitsProcessor):
    """For `generate(..., do_sample=False)`. One row of the batch for each rollout, prompts padded to one width."""

    def __init__(self, rows: list[OwedRollout], prompt_width: int):
        self.rows, self.prompt_width = rows, prompt_width

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        position = input_ids.shape[1] - self.prompt_width
        logits = scores.float().cpu().numpy()
        forced = torch.full_like(scores, -torch.inf)
        for index, row in enumerate(self.rows):
            # What follows a finished row is padding, which nobody reads.
            token = row.tokens[-1] if row.finished else row.choose(position, logits[index])
            forced[index, token] = 0
        return forced


class TransformersEngine:
    name = f"transformers {transformers.__version__}, torch {torch.__version__}"

    def __init__(self, directory: str, device: str):
        # float32 throughout: the tolerances of validators leave no room for halves.
        model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, local_files_only=True)
        self.model = model.to(device).eval()
        self.model.generation_config = GenerationConfig()

    @torch.inference_mode()
    def generate(self, prompts: list[list[int]], rows: list[OwedRollout], sampling: dict) -> list[list[int]]:
        """Decodes one batch. Returns its tokens; the rows keep all else."""
        width = max(map(len, prompts))
        padding = np.array([width - len(prompt) for prompt in prompts])
        tokens = torch.tensor([[0] * missing + prompt for missing, prompt in zip(padding, prompts)])
        attended = torch.tensor(np.arange(width) >= padding[:, None], dtype=torch.long)
        end = sampling["endToken"]
        output = self.model.generate(
            input_ids=tokens.to(self.model.device),
            attention_mask=attended.to(self.model.device),
            logits_processor=LogitsProcessorList([OwedTokens(rows, width)]),
            generation_config=GenerationConfig(
                do_sample=False, max_new_tokens=sampling["maxTokens"], eos_token_id=end, pad_token_id=end
            ),
        )
        completions = output[:, width:].tolist()
        return [completion[: len(row.tokens)] for completion, row in zip(completions, rows)]
