import type { NumericsProfile } from '../engine/engine.ts'
import type { Manifest } from './manifest.ts'

/** Pinned in package.json; the versions are part of the policy's identity, since kernels change between them. */
const RUNTIME_VERSION = '1.30.0'

/**
 * A sketch wraps around after 2^8 steps. Native kernels: a step of about the largest honest drift, so that a tolerance
 * of a few steps fits it closely and is a small part of the circle. Portable kernels have no drift: a step below
 * float32's own resolution of the logits, so that another model hardly ever lies within one.
 */
const SKETCH_STEP = { fast: 2 ** -16, exact: 2 ** -24 } as const

/** sha256 of models/default/calibration.json, which supports the tolerances below; a test holds them together. */
const CALIBRATION = '0x1cef26de893d8f78759e828fa98815872e9512e78d37581bcdc7ad5ffd0dd258'

/**
 * What a numerics profile promises.
 *
 * `exact`: WebAssembly arithmetic is defined to the bit, so every honest host agrees and nothing is tolerated.
 *
 * `fast`: equal bits within a class of machines, and tolerances between classes that are a multiple of the largest
 * honest drift in the calibration: 6 times for sketches, 16 times for the others (docs/numerics.md has the rule).
 * Larger ones pay the cheat: at 1e-3 on the sampling two positions in 25,381 can be steered, and with a sketch
 * tolerance of one step more, weights rounded to half precision pass more than once in 1,000 positions. They are the
 * embedded policy's: another one has its own as soon as somebody measures it.
 */
export function numericsOf(profile: NumericsProfile): Pick<Manifest, 'runtime' | 'numerics'> {
  const exact = profile === 'exact'
  return {
    runtime: `${exact ? 'onnxruntime-web' : 'onnxruntime-node'} ${RUNTIME_VERSION}`,
    numerics: {
      profile,
      kernels: exact ? 'wasm-simd-fp32' : 'native-fp32',
      samplingTolerance: exact ? 0 : 2 ** -13,
      sketchTolerance: exact ? 0 : 5 * SKETCH_STEP.fast,
      logprobTolerance: exact ? 0 : 2 ** -11,
      sketchStep: SKETCH_STEP[profile],
      calibration: exact ? null : CALIBRATION,
    },
  }
}

/** The same for a policy that there is: under the profile that it has, its own tolerances. */
export function numericsUnder(
  { numerics }: Pick<Manifest, 'numerics'>,
  profile: NumericsProfile,
): Pick<Manifest, 'runtime' | 'numerics'> {
  const promised = numericsOf(profile)
  return numerics.profile === profile ? { ...promised, numerics } : promised
}
