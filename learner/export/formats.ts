import { hexToBytes } from 'viem'
import {
  bytes,
  type Column,
  float,
  floats,
  int32,
  int32s,
  int64,
  struct,
  structList,
  text,
} from './column.ts'
import { type ExportRow, groupName } from './rows.ts'

export const FORMATS = ['trl', 'verl', 'prime-rl'] as const
export type Format = (typeof FORMATS)[number]

/** Where a row comes from, for whoever wants to prove it or to weigh its staleness. */
const provenance: readonly Column[] = [
  text('checkpoint', ({ checkpoint }) => checkpoint),
  text('group', groupName),
  int32('window', ({ window }) => window),
  int32('miner', ({ miner }) => miner),
  int32('rollout', ({ rollout }) => rollout),
  text('leaf', ({ leaf }) => leaf),
]

/**
 * TRL: its standard prompt-completion type, with what `GRPOTrainer` hands from generation to loss beside it, under
 * the same names but per sequence and without padding.
 */
const trl: readonly Column[] = [
  text('prompt', ({ prompt }) => prompt),
  text('completion', ({ completion }) => completion),
  int32s('prompt_ids', ({ promptTokens }) => promptTokens),
  int32s('completion_ids', ({ tokens }) => tokens),
  floats('old_per_token_logps', ({ logProbabilities }) => logProbabilities),
  float('advantages', ({ advantage }) => advantage),
  float('reward', ({ reward }) => reward),
  text('problem', ({ problem }) => problem),
  ...provenance,
]

/**
 * verl: the five fields of `RLHFDataset`, and the rollout under the names of its trainer's batch, without padding.
 * `uid` is what its GRPO groups by.
 */
const verl: readonly Column[] = [
  text('data_source', ({ environment }) => `rollproof/${environment}`),
  structList('prompt', [text('role', () => 'user'), text('content', ({ prompt }) => prompt)]),
  text('ability', ({ environment }) => environment),
  struct('reward_model', [text('style', () => 'rule'), text('ground_truth', ({ problem }) => problem)]),
  struct('extra_info', [
    text('split', () => 'train'),
    int64('index', ({ rollout }) => BigInt(rollout)),
    ...provenance,
  ]),
  text('uid', groupName),
  int32s('prompts', ({ promptTokens }) => promptTokens),
  int32s('responses', ({ tokens }) => tokens),
  floats('rollout_log_probs', ({ logProbabilities }) => logProbabilities),
  float('advantages', ({ advantage }) => advantage),
  float('rewards', ({ reward }) => reward),
]

/**
 * prime-rl: its `pa_schema` to the letter, since its trainer refuses a file with any other. Prompts are masked out
 * of its loss, so their log-probabilities are zeros of the right length.
 */
const primeRl: readonly Column[] = [
  int32s('input_tokens', ({ promptTokens }) => promptTokens),
  int32s('output_tokens', ({ tokens }) => tokens),
  floats('input_logprobs', ({ promptTokens }) => promptTokens.map(() => 0)),
  floats('output_logprobs', ({ logProbabilities }) => logProbabilities),
  text('prompt', ({ prompt }) => prompt),
  text('problem_id', groupName),
  text('completion', ({ completion }) => completion),
  float('advantages', ({ advantage }) => advantage),
  float('rewards', ({ reward }) => reward),
  float('task_rewards', ({ reward }) => reward),
  float('length_penalties', () => 0),
  bytes('proofs', ({ leaf }) => hexToBytes(leaf)),
  int32('step', ({ window }) => window),
  int32('target_lengths', () => -1),
  text('task_type', ({ environment }) => environment),
  int64('seed', () => null),
  float('temperature', ({ temperature }) => temperature),
]

export const COLUMNS: Readonly<Record<Format, readonly Column[]>> = { trl, verl, 'prime-rl': primeRl }

/** Where a part lies below the export's directory: prime-rl looks for a directory for every step. */
export function partPath(format: Format, { window, miner }: Pick<ExportRow, 'window' | 'miner'>): string {
  if (format === 'prime-rl') return `step_${window}/miner-${miner}.parquet`
  return `window-${String(window).padStart(8, '0')}-miner-${String(miner).padStart(4, '0')}.parquet`
}
