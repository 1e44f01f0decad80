/** The largest prime that leaves every finite bfloat16, of either sign, below it. */
export const prime = 65_497

/** All products stay below 2^32, which float64 holds exactly. */
function power(base: number, exponent: number): number {
  let result = 1
  let square = base % prime
  for (let rest = exponent; rest > 0; rest >>>= 1) {
    if (rest & 1) result = (result * square) % prime
    square = (square * square) % prime
  }
  return result
}

function inverse(value: number): number {
  return power(value, prime - 2)
}

/**
 * Newton's divided differences: the polynomial of degree below n through n points.
 * @param points distinct, 0 … prime - 1
 * @returns coefficients by rising power, 0 … prime - 1
 */
export function interpolate(points: readonly number[], values: readonly number[]): number[] {
  const differences = [...values]
  for (let order = 1; order < points.length; order++) {
    for (let i = points.length - 1; i >= order; i--) {
      const span = (points[i] - points[i - order] + prime) % prime
      differences[i] = (((differences[i] - differences[i - 1] + prime) % prime) * inverse(span)) % prime
    }
  }
  let coefficients: number[] = []
  for (let i = points.length - 1; i >= 0; i--) {
    const raised = [differences[i], ...coefficients]
    coefficients.forEach((coefficient, degree) => {
      raised[degree] = (raised[degree] + coefficient * (prime - points[i])) % prime
    })
    coefficients = raised
  }
  return coefficients
}

export function evaluate(coefficients: readonly number[], point: number): number {
  return coefficients.reduceRight((sum, coefficient) => (sum * point + coefficient) % prime, 0)
}
