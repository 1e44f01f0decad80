/** Everything that turns a figure into what people read. */

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`
}

/** Decimal text of whole tokens, shortened for the eye. */
export function tokens(amount: string): string {
  return Number(amount).toLocaleString('en', { maximumFractionDigits: 0 })
}

export function whole(count: number): string {
  return count.toLocaleString('en', { maximumFractionDigits: 0 })
}

/** 0x1234…abcd */
export function short(hex: string): string {
  return hex.length > 14 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex
}

/** As few digits as tell two figures apart; hashes are shortened. */
export function figure(value: number | string): string {
  if (typeof value === 'string') return value.startsWith('0x') ? short(value) : value
  if (Number.isInteger(value)) return whole(value)
  return Math.abs(value) >= 0.001 && Math.abs(value) < 1e6 ? value.toPrecision(4) : value.toExponential(2)
}

/** largestDeviation → largest deviation */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

export function plural(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** How a probability is said where it may be very small. */
export function chance(probability: number): string {
  if (probability === 0) return '0 %'
  return probability < 0.0001 ? '< 0.01 %' : percent(probability, 2)
}

/** A token as it can be seen: a line break or an end has no shape of its own. */
export function visible(text: string): string {
  if (text === '') return 'end'
  return text.replaceAll('\n', '⏎').replaceAll('\t', '⇥')
}

export function since(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s ago`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h ago`
    : `${Math.round(seconds / 86_400)} days ago`
}
