import type { NumericsProfile } from '../engine/engine.ts'
import type { Manifest } from './manifest.ts'

/** Pinned in package.json; the versions are part of the policy's identity, since kernels change between them. */
const RUNTIME_VERSION = '1.30.0'

/** 2^-11: two int16 a token; one position then tells int8 weights or one stale step (research: JL x2). */
const SKETCH_STEP = 0.00048828125

/**
 * What a numerics profile promises.
 *
 * `exact`: WebAssembly arithmetic is defined to the bit, so every honest host agrees and nothing is tolerated.
 *
 * `fast`: equal bits within a class of machines. Between classes the largest honest drift measured was 5e-5 on a
 * log-probability (other kernels for the same maths) and 1.6e-5 on a sketch before rounding, half a step (2.4e-4)
 * each way after it. The tolerances leave a few times that. Larger ones pay the cheat: at 1e-3 on the sampling two
 * positions in 25,381 can be steered.
 */
export function numericsOf(profile: NumericsProfile): Pick<Manifest, 'runtime' | 'numerics'> {
  const exact = profile === 'exact'
  return {
    runtime: `${exact ? 'onnxruntime-web' : 'onnxruntime-node'} ${RUNTIME_VERSION}`,
    numerics: {
      profile,
      kernels: exact ? 'wasm-simd-fp32' : 'native-fp32',
      samplingTolerance: exact ? 0 : 2e-4,
      sketchTolerance: exact ? 0 : 1e-3,
      logprobTolerance: exact ? 0 : 1e-3,
      sketchStep: SKETCH_STEP,
      calibration: null,
    },
  }
}
