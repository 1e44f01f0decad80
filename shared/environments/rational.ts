/** Lowest terms, denominator > 0: two equal numbers have equal fields. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Longest number or expression that is read, in UTF-16 units: bounds the size of every bigint below. */
export const MAX_NUMBER_LENGTH = 64

/** undefined where the denominator is 0. */
export function rational(numerator: bigint, denominator: bigint): Rational | undefined {
  if (denominator === 0n) return undefined
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator]
  while (b !== 0n) [a, b] = [b, a % b]
  const divisor = denominator < 0n ? -a : a
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

export function equal(a: Rational, b: Rational): boolean {
  return a.numerator === b.numerator && a.denominator === b.denominator
}

const PLAIN = /^[0-9]+$/

/**
 * An unsigned decimal: `12`, `007`, `1,234`, `3.50`, `.5`, `3.`. Commas only between groups of three digits before
 * the decimal point. undefined for anything else.
 */
export function parseDecimal(text: string): Rational | undefined {
  if (text.length === 0 || text.length > MAX_NUMBER_LENGTH) return undefined
  const point = text.indexOf('.')
  const whole = point < 0 ? text : text.slice(0, point)
  const fraction = point < 0 ? '' : text.slice(point + 1)
  const groups = whole.split(',')
  const grouped =
    groups.length === 1 || (groups[0].length <= 3 && groups.slice(1).every((g) => g.length === 3))
  const digits = groups.join('') + fraction
  const allDigits = PLAIN.test(digits) && groups.every((g) => groups.length === 1 || PLAIN.test(g))
  if (!grouped || !allDigits) return undefined
  return rational(BigInt(digits), 10n ** BigInt(fraction.length))
}

/**
 * A whole answer: optional sign and `$` in either order, then a decimal or a fraction of two decimals; spaces
 * around it are ignored. `-0` is 0, `17.` is 17. undefined for anything else.
 */
export function parseNumber(text: string): Rational | undefined {
  const trimmed = text.trim()
  if (trimmed.length > MAX_NUMBER_LENGTH) return undefined
  const prefix = ['-$', '+$', '$-', '$+', '-', '+', '$'].find((marks) => trimmed.startsWith(marks)) ?? ''
  const [above, below, ...more] = trimmed.slice(prefix.length).split('/')
  const top = parseDecimal(above)
  const bottom = below === undefined ? rational(1n, 1n) : parseDecimal(below)
  if (top === undefined || bottom === undefined || more.length > 0) return undefined
  const sign = prefix.includes('-') ? -1n : 1n
  return rational(sign * top.numerator * bottom.denominator, top.denominator * bottom.numerator)
}
