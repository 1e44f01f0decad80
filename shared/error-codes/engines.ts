import type { ErrorSection } from './section.ts'

export const engineErrors = {
  title: 'Engines of other programs',
  introduction:
    'A miner with `--engine` other than `native` commits nothing that one of these was found in; what is checked, and what is not: [engines.md](engines.md). An engine that cannot be reached or is too slow is **retried**, under the codes `HTTP_…`.',
  codes: {
    ENGINE_FAILED: {
      meaning: 'The engine says that it cannot answer; its words are in the message.',
      remedy: 'Mend what it says, where it runs; its own log says more.',
    },
    ENGINE_ANSWER_INVALID: {
      meaning:
        'The answer is not of the protocol, of another length than was asked for, holds what is no number, or contradicts itself.',
      remedy: 'Run an engine that speaks this version of the protocol.',
    },
    ENGINE_POLICY_MISMATCH: {
      meaning: 'The engine ran another checkpoint than the window asks for.',
      remedy: "Let it load checkpoints from the miner's directories.",
    },
    ENGINE_TOKEN_NOT_OWED: {
      meaning:
        'The engine gave another token than the owed one: by its own figures, or by ours where the rollout was recomputed.',
      remedy:
        'It samples by itself, or its processor was not heeded; with a policy of its own numerics (half precision, quantised), its tokens differ too.',
    },
    ENGINE_DEVIATES: {
      meaning:
        "A rollout that was recomputed here has other sketches or log-probabilities than the engine's, beyond what validators tolerate.",
      remedy: 'Run the checkpoint itself, in float32: no quantisation, no half precision, no TF32.',
    },
    ENGINE_INEXACT: {
      meaning: 'The policy is of the profile `exact`, whose bits no other engine gives.',
      remedy: 'Mine with `--engine native`.',
    },
    ENGINE_ENDED: {
      meaning: 'The engine that the miner started has ended; its last words are in the message.',
      remedy:
        'Most often a module that the interpreter lacks, or memory: try the command that is in the message.',
    },
  },
} as const satisfies ErrorSection
