import type { Checkpoint } from './checkpoint.ts'
import { canonicalJson } from './manifest.ts'
import { FILES } from './read-checkpoint.ts'
import { encodeSafetensorsInPieces } from './safetensors.ts'
import { type FileContent, writeDirectory } from './write-directory.ts'

/**
 * Writes a checkpoint as a directory that appears whole or not at all.
 * @param beside more files of the same directory, by name
 * @throws SubnetError CHECKPOINT_EXISTS when `dir` is there already; it is never overwritten
 */
export async function writeCheckpoint(
  dir: string,
  checkpoint: Checkpoint,
  beside: Readonly<Record<string, FileContent>> = {},
): Promise<void> {
  const encode = new TextEncoder()
  await writeDirectory(dir, {
    [FILES.weights]: encodeSafetensorsInPieces(checkpoint.weights),
    [FILES.config]: encode.encode(checkpoint.configJson),
    [FILES.tokenizer]: encode.encode(checkpoint.tokenizerJson),
    [FILES.manifest]: encode.encode(canonicalJson(checkpoint.manifest)),
    ...beside,
  })
}
