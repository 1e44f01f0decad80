import { stat } from 'node:fs/promises'
import { openGguf } from './gguf/open-gguf.ts'
import { openDirectory } from './open-directory.ts'
import type { PolicyFiles } from './policy-files.ts'

/**
 * @param path a directory, one .safetensors file in it, or one .gguf file
 * @throws SubnetError IMPORT_…, POLICY_ARCHITECTURE_UNSUPPORTED
 */
export async function openPolicyFiles(path: string): Promise<PolicyFiles> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  return isFile && path.endsWith('.gguf') ? openGguf(path) : openDirectory(path, isFile)
}
