/** A prime above every finite bfloat16, of which the last is 0xff7f = 65,407, and below 2^16. */
export const prime = 65_497

/** Of 1 … prime - 1, by prime = quotient · i + rest. Products stay below 2^32, which float64 holds exactly. */
const inverses = new Uint16Array(prime)
inverses[1] = 1
for (let i = 2; i < prime; i++) {
  inverses[i] = ((prime - Math.floor(prime / i)) * inverses[prime % i]) % prime
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
      differences[i] = (((differences[i] - differences[i - 1] + prime) % prime) * inverses[span]) % prime
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
