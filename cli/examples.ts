/** Below a command's own help: lines that work once the names in them are one's own. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  rollproof ${line}`)].join('\n')
}
