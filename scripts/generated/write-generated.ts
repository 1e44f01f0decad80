import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Writes a file that is made from the code; with `--check`, only says that it is stale, and ends with 1.
 * @param path from the repository's root
 * @param how the commands that write it anew
 */
export function writeGenerated(path: string, content: string, how: string): void {
  const file = new URL(`../../${path}`, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(file, content)
  else if (readFileSync(file, 'utf8') !== content) {
    console.error(`${path} is stale. Run: ${how}`)
    process.exitCode = 1
  }
}
