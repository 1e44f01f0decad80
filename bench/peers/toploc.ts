import { largestMagnitudes } from './largest.ts'
import type { PeerRule } from './peer-rule.ts'
import { evaluate, interpolate, prime } from './prime-field.ts'

const tokensAProof = 32
const activationsProved = 128
/** Published thresholds; the first is given there as at least 90 agreements of 128. */
const mostExponentMismatches = 38
const largestMeanError = 10
const largestMedianError = 8

/** A polynomial through (index, bfloat16) of the largest activations of up to 32 tokens: 258 bytes when encoded. */
export interface Proof {
  /** Indices are reduced by it; chosen so that no two of them meet. */
  readonly modulus: number
  readonly coefficients: readonly number[]
}

/** float32 → the bits of the nearest bfloat16, ties to even. */
export function bfloat16Bits(value: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  const bits = view.getUint32(0)
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}

export function prove(activations: Float32Array): Proof {
  const indices = largestMagnitudes(activations, activationsProved)
  const modulus = injectiveModulus(indices)
  const points = indices.map((index) => index % modulus)
  const values = indices.map((index) => bfloat16Bits(activations[index]))
  return { modulus, coefficients: interpolate(points, values) }
}

function injectiveModulus(indices: readonly number[]): number {
  for (let modulus = prime; modulus >= indices.length; modulus--) {
    if (new Set(indices.map((index) => index % modulus)).size === indices.length) return modulus
  }
  throw new RangeError('no modulus keeps these indices apart')
}

/** 2 bytes of modulus, then 2 bytes a coefficient. */
export function encodeProof({ modulus, coefficients }: Proof): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 + 2 * coefficients.length))
  for (const [i, number] of [modulus, ...coefficients].entries()) view.setUint16(2 * i, number)
  return new Uint8Array(view.buffer)
}

export function decodeProof(bytes: Uint8Array): Proof {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [modulus, ...coefficients] = Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i))
  return { modulus, coefficients }
}

export interface ProofErrors {
  readonly exponentMismatches: number
  /** Over the mantissas whose exponents agree, in units of the last of 7 bits; infinite where none does. */
  readonly meanMantissaError: number
  readonly medianMantissaError: number
}

/** What the polynomial says at the verifier's own largest activations, beside what they are. */
export function compareProof({ modulus, coefficients }: Proof, activations: Float32Array): ProofErrors {
  const indices = largestMagnitudes(activations, activationsProved)
  const errors: number[] = []
  for (const index of indices) {
    const claimed = evaluate(coefficients, index % modulus)
    const actual = bfloat16Bits(activations[index])
    if (exponentOf(claimed) === exponentOf(actual)) errors.push(Math.abs((claimed & 0x7f) - (actual & 0x7f)))
  }
  errors.sort((a, b) => a - b)
  const middle = errors.length >>> 1
  const none = errors.length === 0
  return {
    exponentMismatches: indices.length - errors.length,
    meanMantissaError: none ? Number.POSITIVE_INFINITY : errors.reduce((a, b) => a + b, 0) / errors.length,
    medianMantissaError: none
      ? Number.POSITIVE_INFINITY
      : errors.length % 2 === 1
        ? errors[middle]
        : (errors[middle - 1] + errors[middle]) / 2,
  }
}

function exponentOf(bits: number): number {
  return (bits >>> 7) & 0xff
}

export function withinThresholds(errors: ProofErrors): boolean {
  return (
    errors.exponentMismatches <= mostExponentMismatches &&
    errors.meanMantissaError <= largestMeanError &&
    errors.medianMantissaError <= largestMedianError
  )
}

/** Consecutive tokens' states as one row of numbers, one row a proof. */
function chunk(states: readonly Float32Array[]): Float32Array[] {
  const rows: Float32Array[] = []
  for (let from = 0; from < states.length; from += tokensAProof) {
    rows.push(Float32Array.from(states.slice(from, from + tokensAProof).flatMap((state) => [...state])))
  }
  return rows
}

/** TOPLOC over the completion: every proof within the thresholds. Its proof of the prompt is left out. */
export const toploc: PeerRule = {
  name: 'TOPLOC',
  accepts({ verifier, activations }) {
    const given = chunk(activations).map((states) => encodeProof(prove(states)))
    const own = chunk(verifier.positions.map(({ hidden }) => hidden))
    return own.every((states, i) => withinThresholds(compareProof(decodeProof(given[i]), states)))
  },
}
