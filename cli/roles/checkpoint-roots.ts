import { fileURLToPath } from 'node:url'

/** The checkpoints that come with the program. */
export const embeddedCheckpoints = fileURLToPath(new URL('../../models', import.meta.url))

export function checkpointRoots({ checkpoints }: { checkpoints: readonly string[] }): readonly string[] {
  return [...checkpoints, embeddedCheckpoints]
}
