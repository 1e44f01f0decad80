import type { ErrorSection } from './section.ts'

export const bridgeErrors = {
  title: 'Importing and exporting',
  introduction:
    'Found before anything is written; see [bridge.md](bridge.md). An architecture that this decoder does not have is `POLICY_ARCHITECTURE_UNSUPPORTED`, a tokenizer that it cannot use `TOKENIZER_MALFORMED`.',
  codes: {
    IMPORT_FILE_MISSING: {
      meaning:
        'config.json, tokenizer.json, the weights, one of their shards or the GGUF file cannot be read.',
      remedy: 'Fetch the directory again, whole.',
    },
    IMPORT_FILE_MALFORMED: {
      meaning: 'One of the files is cut short, is not what its name says, or contradicts another.',
      remedy: 'Fetch that file again.',
    },
    IMPORT_TENSOR_MISSING: {
      meaning: 'The architecture needs a tensor that is nowhere.',
      remedy: 'Fetch the weights again, or the config.json that belongs to them.',
    },
    IMPORT_TENSOR_UNEXPECTED: {
      meaning: 'There are tensors that the architecture has no place for.',
      remedy: 'This is another architecture, such as one with biases or adapters: merge adapters first.',
    },
    IMPORT_TENSOR_INVALID: {
      meaning:
        'A tensor has another shape or type, holds NaN or an infinity, or a tied head differs from the embedding.',
      remedy:
        'Save the policy again in float32, float16 or bfloat16, or as GGUF in one of the quantisations that the message names.',
    },
    IMPORT_TOKENIZER_UNSUPPORTED: {
      meaning:
        "A GGUF file's tokenizer is no byte-level BPE, or splits text in a way that is not known here.",
      remedy: 'Import the Hugging Face directory that the file was made from.',
    },
    IMPORT_TOKENIZER_MISMATCH: {
      meaning: 'The tokenizer has more tokens than the embedding has rows.',
      remedy: 'Take tokenizer.json and weights of one policy.',
    },
    IMPORT_END_TOKEN: {
      meaning: 'Nothing says which token ends a completion.',
      remedy: 'Give `--end-token ID`.',
    },
    IMPORT_CHAT_TEMPLATE: {
      meaning:
        'There is no chat template, it cannot be read, it throws, or what it makes of a problem does not hold the problem once and unchanged.',
      remedy: 'Import without `--chat`, or mend the template.',
    },
    IMPORT_CONTEXT_FULL: {
      meaning: 'The longest completion and what stands around every problem fill the context.',
      remedy: 'Give a smaller `--max-tokens`, or fewer `--examples`.',
    },
    EXPORT_CONFLICT: {
      meaning:
        'The directory holds an export of another format or subnet, or another answer of the same miner.',
      remedy: 'Name another `--out`.',
    },
    EXPORT_UNWRITABLE: {
      meaning: 'A file of an export could not be written. What is there is whole.',
      remedy: 'Free the disk and run the same command again: it goes on.',
    },
  },
} as const satisfies ErrorSection
