import { join } from 'node:path'
import { FILES } from '../checkpoint/read-checkpoint.ts'
import { readChatTemplate } from './chat-template.ts'
import { parseJson, readEndToken } from './end-token.ts'
import { openWeightFiles, readText } from './open-weight-files.ts'
import type { PolicyFiles } from './policy-files.ts'

/**
 * config.json, tokenizer.json, generation_config.json where there is one, and safetensors in one file or in shards.
 * @param path the directory, or one .safetensors file in it
 * @throws SubnetError IMPORT_FILE_MISSING, IMPORT_FILE_MALFORMED, IMPORT_TENSOR_INVALID, IMPORT_TENSOR_MISSING
 */
export async function openDirectory(path: string, isFile: boolean): Promise<PolicyFiles> {
  const { dir, tensors, close } = await openWeightFiles(path, isFile)
  try {
    const configPath = join(dir, FILES.config)
    const config = parseJson(configPath, await readText(configPath))
    const tokenizerJson = await readText(join(dir, FILES.tokenizer))
    return {
      path: dir,
      config,
      tokenizerJson,
      endToken: await readEndToken(dir, config),
      chat: await readChatTemplate(dir),
      tensors,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
