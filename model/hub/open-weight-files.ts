import { type FileHandle, open, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { importFailure } from './failure.ts'
import { readSafetensorsHeader } from './safetensors-header.ts'
import type { StoredTensor } from './stored-tensor.ts'

/** A Hugging Face policy on disk: where its small files are, and every tensor by name. */
export interface WeightFiles {
  readonly dir: string
  readonly tensors: ReadonlyMap<string, StoredTensor>
  close(): Promise<void>
}

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'
const indexShape = z.object({ weight_map: z.record(z.string(), z.string()) })

/**
 * @param path the directory, or one .safetensors file in it
 * @param single whether it is that file
 * @throws SubnetError IMPORT_FILE_MISSING, IMPORT_FILE_MALFORMED, IMPORT_TENSOR_INVALID, IMPORT_TENSOR_MISSING
 */
export async function openWeightFiles(path: string, single: boolean): Promise<WeightFiles> {
  const dir = single ? dirname(path) : path
  const index = single ? null : await readIndex(dir)
  const names = index ? [...new Set(index.values())].sort() : [single ? basename(path) : SINGLE]
  const files: FileHandle[] = []
  const close = async () => {
    await Promise.all(files.map((file) => file.close()))
  }
  try {
    const tensors = new Map<string, StoredTensor>()
    for (const name of names) {
      const file = await openRequired(join(dir, name))
      files.push(file)
      for (const [tensor, stored] of await readSafetensorsHeader(join(dir, name), file)) {
        const named = index?.get(tensor)
        if (tensors.has(tensor) || (index && named !== undefined && named !== name)) {
          throw importFailure(
            'IMPORT_FILE_MALFORMED',
            `${join(dir, name)} holds ${tensor}, which another file holds.`,
            {
              file: join(dir, name),
              tensor,
            },
          )
        }
        tensors.set(tensor, stored)
      }
    }
    for (const [tensor, name] of index ?? []) {
      if (tensors.has(tensor)) continue
      throw importFailure(
        'IMPORT_TENSOR_MISSING',
        `${INDEX} says that ${name} holds ${tensor}; it does not.`,
        {
          file: join(dir, name),
          tensor,
        },
      )
    }
    return { dir, tensors, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Tensor → file name; null where the weights are one file. */
async function readIndex(dir: string): Promise<ReadonlyMap<string, string> | null> {
  const path = join(dir, INDEX)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw missing(path, error)
  }
  const map = parseIndex(path, text)
  for (const name of map.values()) {
    // The index is a stranger's file: it may name what lies beside it, nothing else.
    if (basename(name) === name && name.endsWith('.safetensors')) continue
    throw importFailure(
      'IMPORT_FILE_MALFORMED',
      `${path} names ${JSON.stringify(name)}, which is no file beside it.`,
      {
        file: path,
        name,
      },
    )
  }
  return map
}

function parseIndex(path: string, text: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(indexShape.parse(JSON.parse(text)).weight_map))
  } catch (cause) {
    throw importFailure(
      'IMPORT_FILE_MALFORMED',
      `${path} is not an index of safetensors files.`,
      { file: path },
      cause,
    )
  }
}

async function openRequired(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((cause) => {
    throw missing(path, cause)
  })
}

/** @throws SubnetError IMPORT_FILE_MISSING */
export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause) => {
    throw missing(path, cause)
  })
}

function missing(path: string, cause: unknown) {
  return importFailure(
    'IMPORT_FILE_MISSING',
    `${path} cannot be read. A Hugging Face directory holds config.json, tokenizer.json and ${SINGLE}, or its shards and ${INDEX}.`,
    { file: path },
    cause,
  )
}
