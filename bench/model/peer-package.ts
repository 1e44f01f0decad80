import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The engines compared with, in the versions that the documented figures are of. */
export const peerVersions = {
  'node-llama-cpp': '3.22.1',
  '@huggingface/transformers': '4.3.1',
} as const

export type PeerName = keyof typeof peerVersions

/** How to get them: none is a dependency of this program. */
export const installPeers = `npm install --ignore-scripts ${Object.entries(peerVersions)
  .map(([name, version]) => `${name}@${version}`)
  .join(' ')}`

/** @returns its version and its main module, or null where it is not installed */
export function findPeer(peers: string, name: PeerName): { version: string; main: string } | null {
  const folder = join(peers, 'node_modules', name)
  try {
    const { version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return { version, main: pathToFileURL(join(folder, main)).href }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** @throws Error when it is not there: the bench looks before it starts a contestant */
export async function importPeer<Module>(peers: string, name: PeerName): Promise<Module> {
  const found = findPeer(peers, name)
  if (found === null) throw new Error(`${name} is not in ${peers}`)
  return (await import(found.main)) as Module
}
