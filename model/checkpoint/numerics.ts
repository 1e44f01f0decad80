import type { NumericsProfile } from '../engine/engine.ts'
import type { Manifest } from './manifest.ts'

/** Pinned in package.json; the versions are part of the policy's identity, since kernels change between them. */
const RUNTIME_VERSION = '1.30.0'

/**
 * A sketch wraps around after 2^16 steps. Native kernels: 2^-14, a few times honest drift. Portable kernels have no
 * drift, so the step is fine enough for weights that were only rounded to half precision to miss it.
 */
const SKETCH_STEP = { fast: 2 ** -14, exact: 2 ** -18 } as const

/** sha256 of models/default/calibration.json, which supports the tolerances below; a test holds them together. */
const CALIBRATION = '0xe091e40b69bd4bade3652275ccad75bf2aa8fbf793a44e87b955691900043736'

/**
 * What a numerics profile promises.
 *
 * `exact`: WebAssembly arithmetic is defined to the bit, so every honest host agrees and nothing is tolerated.
 *
 * `fast`: equal bits within a class of machines, and tolerances between classes that are 16 times the largest honest
 * drift in the calibration (docs/numerics.md has the rule). Larger ones pay the cheat: at 1e-3 on the sampling two
 * positions in 25,381 can be steered.
 */
export function numericsOf(profile: NumericsProfile): Pick<Manifest, 'runtime' | 'numerics'> {
  const exact = profile === 'exact'
  return {
    runtime: `${exact ? 'onnxruntime-web' : 'onnxruntime-node'} ${RUNTIME_VERSION}`,
    numerics: {
      profile,
      kernels: exact ? 'wasm-simd-fp32' : 'native-fp32',
      samplingTolerance: exact ? 0 : 2 ** -13,
      sketchTolerance: exact ? 0 : 3 * SKETCH_STEP.fast,
      logprobTolerance: exact ? 0 : 2 ** -11,
      sketchStep: SKETCH_STEP[profile],
      calibration: exact ? null : CALIBRATION,
    },
  }
}
