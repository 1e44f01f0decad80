import { join } from 'node:path'

/** Where a run keeps its curve of held-out problems, for whoever watches it. */
export function heldOutFile(dataDir: string): string {
  return join(dataDir, 'held-out.json')
}
