import type { Distribution } from '../../shared/protocol/distribution.ts'
import { buildHiddenStateGraph } from '../architecture/inference-graphs.ts'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import type { EngineTensor, NumericsProfile } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import type { TeacherForced } from '../session.ts'
import { DISTRIBUTION_OUTPUTS } from './distributions.ts'
import { DISTRIBUTIONS, type ScoreOutputs, scoreRows } from './score-rows.ts'

/** A distribution and what it was read from. Views, valid only during the callback. */
export interface InnerState extends Distribution {
  /** float32 final hidden state [width], after the last normalisation: what the head multiplies. */
  readonly hidden: Float32Array
}

/** A model opened to be looked into. It decides nothing: no manifest names its graph. */
export interface HiddenSession {
  readonly width: number
  readonly vocabulary: number
  readonly temperature: number
  /**
   * Teacher-forced pass over completion positions, in row order, then step order.
   * @throws SubnetError POLICY_SEQUENCE_TOO_LONG, POLICY_TOKEN_INVALID
   */
  inspect(
    rows: readonly TeacherForced[],
    visit: (row: number, step: number, at: InnerState) => void,
  ): Promise<void>
  close(): Promise<void>
}

const INNER_STATES: ScoreOutputs<InnerState> = {
  names: ['hidden', ...DISTRIBUTION_OUTPUTS],
  read(results, index, config) {
    const { data } = results.hidden as EngineTensor
    const hidden = (data as Float32Array).subarray(index * config.width, (index + 1) * config.width)
    return { hidden, ...DISTRIBUTIONS.read(results, index, config) }
  },
}

/** Opens a checkpoint's weights with their hidden states in sight. */
export async function openHiddenSession(
  { config, weights, manifest }: Checkpoint,
  profile: NumericsProfile,
): Promise<HiddenSession> {
  const { temperature } = manifest.sampling
  const engine = await openEngine(profile, buildHiddenStateGraph(config, weights, temperature))
  return {
    width: config.width,
    vocabulary: config.vocabulary,
    temperature,
    inspect: (rows, visit) => scoreRows(engine, config, INNER_STATES, rows, visit),
    close: () => engine.close(),
  }
}
