import type { ErrorSection } from './section.ts'

export const policyErrors = {
  title: 'Policy and data',
  codes: {
    CHECKPOINT_MISSING: {
      meaning:
        'The checkpoint that the chain names, or one of its files, is in none of the directories looked in. **Retried** while a window waits for it.',
      remedy: "Put the checkpoint's directory under one of `--checkpoints`.",
    },
    CHECKPOINT_CORRUPT: {
      meaning:
        "A file's hash is not what the manifest names, or the manifest is not one. Nothing was loaded.",
      remedy: 'Fetch the checkpoint again.',
    },
    CHECKPOINT_WRITE_FAILED: {
      meaning: 'A fetched checkpoint could not be written. What was there is as it was. **Retried.**',
      remedy: 'Free space, and rights on `--checkpoint-cache`.',
    },
    PACKAGE_INVALID: {
      meaning:
        "A package's index is malformed, contradicts itself or its chunks, or is of another checkpoint. Nothing was loaded.",
      remedy: 'Tell who published it; put the checkpoint under `--checkpoints` meanwhile.',
    },
    PEERS_EXHAUSTED: {
      meaning:
        "No peer gave a piece of a package; each one's fault is in the message. What was fetched is kept. **Retried.**",
      remedy: 'Name more peers with `--peer`.',
    },
    CHECKPOINT_EXISTS: {
      meaning: 'A checkpoint would overwrite another.',
      remedy: 'Remove it, or name another directory.',
    },
    SAFETENSORS_INVALID: {
      meaning: 'The weight file cannot be read.',
      remedy: 'Fetch the checkpoint again.',
    },
    TOKENIZER_MALFORMED: {
      meaning: '`tokenizer.json` cannot be used.',
      remedy: 'Fetch the checkpoint again.',
    },
    TOKEN_OUT_OF_VOCABULARY: {
      meaning: 'A token to be decoded is not in the vocabulary.',
      remedy: 'A defect in the caller.',
    },
    POLICY_ARCHITECTURE_UNSUPPORTED: {
      meaning: '`config.json` asks for something that this decoder lacks.',
      remedy: 'Use a Llama, Qwen2 or Qwen3 policy as the message says.',
    },
    POLICY_GRAPH_MISMATCH: {
      meaning: 'This build derives other graphs than the manifest names.',
      remedy: 'Run the version that the policy was registered with.',
    },
    POLICY_VOCABULARY_MISMATCH: {
      meaning: 'Tokenizer and model differ in vocabulary.',
      remedy: 'Fetch the checkpoint again; if it is yours, pair the right files.',
    },
    POLICY_SEQUENCE_TOO_LONG: {
      meaning: "Prompt and length limit exceed the policy's context.",
      remedy: 'Lower `maxTokens` in the manifest, or shorten the prompts.',
    },
    POLICY_TOKEN_INVALID: {
      meaning: 'A token outside the vocabulary, or an empty prompt, reached the model.',
      remedy: 'A defect in the caller.',
    },
    ENVIRONMENT_UNKNOWN: {
      meaning: 'The manifest names an environment that this build lacks.',
      remedy: 'Update the program, or add the environment: [environments.md](environments.md).',
    },
    ENVIRONMENT_MISMATCH: {
      meaning: "The environment's parameters differ from those the policy was made for.",
      remedy: 'Update the program, or the data file.',
    },
    DATASET_MISSING: {
      meaning: "The environment's data file was not given or cannot be read.",
      remedy: 'Give `--dataset FILE`.',
    },
    DATASET_MISMATCH: {
      meaning: 'The file is not the published one.',
      remedy: 'Fetch it again; its SHA-256 is in the message.',
    },
    TRAINING_DIVERGED: {
      meaning:
        "A training step gave a loss or a gradient that is not finite, or beyond the recipe's limits. The step is discarded and the parent stays.",
      remedy: 'Lower the learning rate, or look at the groups.',
    },
    NOTHING_TO_LEARN: {
      meaning: "No group's rollouts differ in worth, so there is no update to take from them.",
      remedy: 'Wait for more groups, or weigh other components in the recipe.',
    },
    OPTIMIZER_STATE_INVALID: {
      meaning: 'The file is not a whole optimiser state for this architecture. Nothing was loaded.',
      remedy: 'Fetch the update again.',
    },
    UPDATE_RECORD_INVALID: {
      meaning: 'The file is not the record of an update.',
      remedy: 'Fetch the update again.',
    },
    DELTA_WRONG_PARENT: {
      meaning: 'The delta was made for another parent checkpoint. Nothing was loaded.',
      remedy: 'Fetch the delta that belongs to this parent.',
    },
    DELTA_INVALID: {
      meaning:
        'The delta is damaged or hostile, or does not give the file that the manifest names. Nothing was loaded.',
      remedy: 'Fetch it from another peer, or the whole checkpoint.',
    },
    DELTA_IMPOSSIBLE: {
      meaning: 'Two weight files with different tensors have no delta.',
      remedy: 'Publish the whole checkpoint.',
    },
    ENGINE_THREADS_FIXED: {
      meaning: 'The WebAssembly engine of this process runs another number of threads than was asked for.',
      remedy: 'Use another process; training takes one thread.',
    },
    GRAPH_UNWRITABLE: {
      meaning:
        'The weights of a large policy could not be written to the temporary directory, from which the engine maps them into memory. Retryable.',
      remedy: 'Free some space there, or name another directory by `TMPDIR`.',
    },
    DEVICE_UNAVAILABLE: {
      meaning:
        "onnxruntime cannot compute on the device that was named: it was built without it, or its driver or libraries are missing; or the policy's profile is `exact`.",
      remedy: 'The message says what the device needs. `--device cpu` always works.',
    },
    CALIBRATION_MISSING: {
      meaning: 'The file of a corpus cannot be read.',
      remedy: 'Give `--join` or `--calibration` a file that `rollproof calibrate` wrote with `--out`.',
    },
    CALIBRATION_MALFORMED: {
      meaning: 'A file is not a calibration corpus.',
      remedy: 'Measure again: `rollproof calibrate`.',
    },
    CALIBRATION_MISMATCH: {
      meaning:
        'Corpora of different policies, engines or sketch steps cannot be joined; and no policy takes its tolerances from another one’s corpus.',
      remedy:
        'Measure the same checkpoint with the same version on every machine, from the second one on with `--join`.',
    },
  },
} as const satisfies ErrorSection
