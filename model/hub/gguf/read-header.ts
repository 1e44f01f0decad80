import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { sizeOf } from '../../architecture/parameters.ts'
import { importFailure } from '../failure.ts'
import type { StoredTensor } from '../stored-tensor.ts'
import { BLOCKS, storedBytes, type WeightType } from '../weight-types.ts'

export type GgufMetadata = Readonly<Record<string, unknown>>

/** A GGUF file, open: what it says of itself, and its tensors by ggml's names, outermost dimension first. */
export interface GgufHeader {
  readonly metadata: GgufMetadata
  readonly tensors: ReadonlyMap<string, StoredTensor>
  close(): Promise<void>
}

type Library = typeof import('@huggingface/gguf')
type Parsed = Awaited<ReturnType<Library['gguf']>>

/**
 * Reads all but the tensors' data, and makes sure that the file holds that.
 * @throws SubnetError IMPORT_FILE_MISSING, IMPORT_FILE_MALFORMED, IMPORT_TENSOR_INVALID
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  // Loaded only here: it brings a catalogue of every library that the hub knows.
  const library = await import('@huggingface/gguf')
  const file = await open(path, 'r').catch((cause) => {
    throw importFailure('IMPORT_FILE_MISSING', `${path} cannot be read.`, { file: path }, cause)
  })
  try {
    const parsed = await parse(library, path)
    const { size } = await file.stat()
    return {
      metadata: { ...parsed.metadata },
      tensors: locateTensors(library, parsed, path, file, size),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function parse({ gguf }: Library, path: string): Promise<Parsed> {
  try {
    // An absolute path is never taken for the address of a host.
    return await gguf(resolve(path), { allowLocalFile: true })
  } catch (cause) {
    throw malformed(path, `its header cannot be read (${(cause as Error).message})`, cause)
  }
}

function locateTensors(
  library: Library,
  { tensorInfos, tensorDataOffset, littleEndian }: Parsed,
  path: string,
  file: FileHandle,
  size: number,
): ReadonlyMap<string, StoredTensor> {
  if (!littleEndian) throw malformed(path, 'its numbers are big-endian')
  const tensors = new Map<string, StoredTensor>()
  for (const { name, shape: innermostFirst, dtype, offset } of tensorInfos) {
    if (tensors.has(name)) throw malformed(path, `it holds ${name} twice`)
    const type = requireType(path, name, library.GGMLQuantizationType[dtype] ?? String(dtype))
    const shape = innermostFirst.map(Number).reverse()
    const { numbers } = BLOCKS[type]
    if ((shape.at(-1) ?? 0) % numbers !== 0) {
      throw malformed(path, `tensor ${name} [${shape}] has rows that are no whole blocks of ${numbers}`)
    }
    const from = Number(tensorDataOffset + offset)
    const to = from + storedBytes(type, sizeOf(shape))
    if (to > size) throw malformed(path, `tensor ${name} would end at byte ${to}, the file at ${size}`)
    tensors.set(name, { path, file, type, shape, from })
  }
  return tensors
}

function requireType(path: string, name: string, type: string): WeightType {
  if (type in BLOCKS) return type as WeightType
  throw importFailure(
    'IMPORT_TENSOR_INVALID',
    `${path}: tensor ${name} is stored as ${type}; ${Object.keys(BLOCKS).join(', ')} can be read.`,
    { file: path, tensor: name, type },
  )
}

function malformed(path: string, reason: string, cause?: unknown) {
  return importFailure(
    'IMPORT_FILE_MALFORMED',
    `${path} is not a whole GGUF file: ${reason}.`,
    { file: path, reason },
    cause,
  )
}
