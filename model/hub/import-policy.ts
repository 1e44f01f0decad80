import type { Hex } from 'viem'
import { type ArchitectureConfig, formatConfig, parseConfig } from '../architecture/config.ts'
import type { WeightTensors } from '../architecture/inference-graphs.ts'
import { EMBEDDING, HEAD, sizeOf } from '../architecture/parameters.ts'
import { type Checkpoint, createCheckpoint } from '../checkpoint/checkpoint.ts'
import type { Manifest } from '../checkpoint/manifest.ts'
import { loadTokenizer } from '../tokenizer/tokenizer.ts'
import { chatFrame } from './chat-frame.ts'
import { type Example, exampleFrame } from './examples.ts'
import { importFailure } from './failure.ts'
import type { Frame } from './frame.ts'
import { matchTensors } from './match-tensors.ts'
import { openPolicyFiles } from './open-policy-files.ts'
import type { PolicyFiles } from './policy-files.ts'
import { readTensor } from './read-tensor.ts'
import type { StoredTensor } from './stored-tensor.ts'
import { storedBytes } from './weight-types.ts'

/** What the files of a policy do not say. */
export interface ImportChoices {
  readonly temperature: number
  /** null: half the context, at most 256. */
  readonly maxTokens: number | null
  /** null: what the files name. */
  readonly endToken: number | null
  /** How problems are asked: bare, by the template that the files bring, or as tokens that are known. */
  readonly frame: Manifest['sampling']['frame'] | AskedChoice
  readonly environment: Manifest['environment']
  readonly numerics: Manifest['numerics']
  readonly parent: Hex | null
}

/** How every problem is asked. */
export interface AskedChoice {
  /** In the chat template that the files bring; null: as plain text. */
  readonly chat: {
    /** What the system's message says before every problem; null: what the template says by itself. */
    readonly instruction: string | null
  } | null
  /** Problems with their solutions, before every problem. */
  readonly examples: readonly Example[]
}

/** Bytes of weights read so far, of all. */
export type ImportProgress = (done: number, total: number) => void

const LONGEST_COMPLETION = 256
/** Tokens; with less room than that most problems would lose their beginning. */
const SHORTEST_PROBLEM = 16

/**
 * Reads a Llama, Qwen2, Qwen3 or SmolLM2 policy as Hugging Face keeps it (config.json, tokenizer.json, and safetensors
 * in float32, float16 or bfloat16, in one file or in shards) or as llama.cpp does (one GGUF file). Every tensor is
 * accounted for. Weights become float32, quantised ones the numbers that ggml makes of them; rows of the embedding
 * beyond the tokenizer's tokens are padding and left out.
 *
 * Holds the float32 weights and one tensor more.
 * @param path the directory, one .safetensors file in it, or one .gguf file
 * @throws SubnetError IMPORT_…, POLICY_ARCHITECTURE_UNSUPPORTED, TOKENIZER_MALFORMED
 */
export async function importPolicy(
  path: string,
  choices: ImportChoices,
  progress: ImportProgress = () => {},
): Promise<Checkpoint> {
  const files = await openPolicyFiles(path)
  try {
    const { tokenizerJson } = files
    const stored = parseConfig(files.config)
    const endToken = choices.endToken ?? files.endToken
    if (endToken === null) throw noEndToken(files.path)
    const config = { ...stored, vocabulary: fitVocabulary(files, endToken, stored) }
    const frame = await chooseFrame(files, endToken, choices.frame)
    const maxTokens = choices.maxTokens ?? Math.min(LONGEST_COMPLETION, Math.floor(config.context / 2))
    requireRoom(files.path, frame, maxTokens, config.context)
    return createCheckpoint({
      config,
      configJson: formatConfig(config),
      weights: await readWeights(files, config, stored.vocabulary, progress),
      tokenizerJson,
      sampling: {
        temperature: choices.temperature,
        maxTokens,
        endToken,
        ...(frame === undefined ? {} : { frame }),
      },
      environment: choices.environment,
      numerics: choices.numerics,
      parent: choices.parent,
    })
  } finally {
    await files.close()
  }
}

async function chooseFrame(
  files: PolicyFiles,
  endToken: number,
  choice: ImportChoices['frame'],
): Promise<Frame | undefined> {
  if (choice === undefined || 'before' in choice) return choice
  const { chat, examples } = choice
  if (chat) return chatFrame(files, chat.instruction, examples)
  return exampleFrame(files.tokenizerJson, endToken, examples)
}

/** The frame is a part of every prompt: what it takes is not there for problems. */
function requireRoom(path: string, frame: Frame | undefined, maxTokens: number, context: number): void {
  const taken = (frame?.before.length ?? 0) + (frame?.after.length ?? 0) + maxTokens
  if (taken + SHORTEST_PROBLEM <= context) return
  throw importFailure(
    'IMPORT_CONTEXT_FULL',
    `${path}: completions of ${maxTokens} tokens, and ${taken - maxTokens} around every problem, leave no room for problems in a context of ${context}.`,
    { path, maxTokens, frame: taken - maxTokens, context },
  )
}

function noEndToken(path: string) {
  return importFailure(
    'IMPORT_END_TOKEN',
    `${path} names no token that ends a completion. Give --end-token ID.`,
    {
      path,
    },
  )
}

/** Tokens of the tokenizer, all of which the embedding has. */
function fitVocabulary(
  { path, tokenizerJson }: PolicyFiles,
  endToken: number,
  { vocabulary }: ArchitectureConfig,
): number {
  const { vocabularySize } = loadTokenizer(tokenizerJson, endToken)
  if (vocabularySize <= vocabulary) return vocabularySize
  throw importFailure(
    'IMPORT_TOKENIZER_MISMATCH',
    `${path}: the tokenizer has ${vocabularySize} tokens, the embedding ${vocabulary} rows: they are of different policies.`,
    { path, tokenizer: vocabularySize, embedding: vocabulary },
  )
}

async function readWeights(
  { tensors }: PolicyFiles,
  config: ArchitectureConfig,
  storedRows: number,
  progress: ImportProgress,
): Promise<WeightTensors> {
  const { matched, tiedHead } = matchTensors(config, storedRows, tensors)
  const sized = matched.map((entry) => ({ ...entry, count: sizeOf(entry.spec.shape) }))
  const total = sized.reduce((sum, { stored, count }) => sum + storedBytes(stored.type, count), 0)
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>()
  let done = 0
  for (const { spec, stored, count } of sized) {
    weights.set(spec.name, { shape: spec.shape, data: await readTensor(spec.name, stored, count) })
    done += storedBytes(stored.type, count)
    progress(done, total)
  }
  if (tiedHead) await requireTied(tiedHead, weights)
  return weights
}

/** Some exporters write a tied head too; it says the same or the file contradicts itself. */
async function requireTied(head: StoredTensor, weights: WeightTensors): Promise<void> {
  const embedding = weights.get(EMBEDDING)?.data ?? new Float32Array(0)
  const data = await readTensor(HEAD, head, embedding.length)
  const differs = data.findIndex((number, i) => number !== embedding[i])
  if (differs < 0) return
  throw importFailure(
    'IMPORT_TENSOR_INVALID',
    `${head.path}: config.json ties ${HEAD} to ${EMBEDDING}, and they differ at element ${differs}.`,
    { file: head.path, tensor: HEAD, element: differs },
  )
}
