import type { PolicyFiles } from '../policy-files.ts'
import { ggufConfig } from './gguf-config.ts'
import { ggufTokenizer } from './gguf-tokenizer.ts'
import { readGgufHeader } from './read-header.ts'
import { renameTensors } from './rename-tensors.ts'

/**
 * A policy as llama.cpp keeps it: configuration, tokenizer and weights in one file.
 * @throws SubnetError IMPORT_FILE_MISSING, IMPORT_FILE_MALFORMED, IMPORT_TENSOR_INVALID, IMPORT_TENSOR_MISSING,
 *   IMPORT_TOKENIZER_UNSUPPORTED, POLICY_ARCHITECTURE_UNSUPPORTED
 */
export async function openGguf(path: string): Promise<PolicyFiles> {
  const { metadata, tensors, close } = await readGgufHeader(path)
  try {
    const config = ggufConfig(path, metadata, tensors)
    return {
      path,
      config,
      ...ggufTokenizer(path, metadata),
      tensors: renameTensors(config, tensors),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
