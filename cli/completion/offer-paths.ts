import { readdirSync } from 'node:fs'

/**
 * Paths that begin with what was typed; a directory ends with a slash. Where one directory alone fits, what lies in it
 * is offered as well, so that the shell does not take it for the whole answer.
 */
export function offerPaths(typed: string): string[] {
  const cut = typed.lastIndexOf('/') + 1
  const folder = typed.slice(0, cut)
  const begun = typed.slice(cut)
  const found = namesIn(folder).filter((name) => name.startsWith(begun) && isShown(name, begun))
  const paths = found.map((name) => folder + name)
  if (paths.length !== 1 || !paths[0].endsWith('/') || paths[0] === typed) return paths
  return [...paths, ...offerPaths(paths[0])]
}

function isShown(name: string, begun: string): boolean {
  return begun.startsWith('.') || !name.startsWith('.')
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder || '.', { withFileTypes: true })
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
  } catch {
    return []
  }
}
