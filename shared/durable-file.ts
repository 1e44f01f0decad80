import { open } from 'node:fs/promises'

/** Puts a file's bytes on disk; returns only when a power loss would not lose them. */
export type WriteFile = (path: string, bytes: Uint8Array) => Promise<void>

export const writeDurably: WriteFile = async (path, bytes) => {
  const file = await open(path, 'w', 0o644)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Without it a power loss may forget the rename that was already reported. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
