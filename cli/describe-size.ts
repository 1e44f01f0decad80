/** What a package saves: "97,412 of 1,632,004 bytes (5.97 %)". */
export function describeSize({ bytes, fullBytes }: { bytes: number; fullBytes: number }): string {
  const count = new Intl.NumberFormat('en')
  return `${count.format(bytes)} of ${count.format(fullBytes)} bytes (${((100 * bytes) / fullBytes).toFixed(2)} %)`
}
