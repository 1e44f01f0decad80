import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { importFailure } from './failure.ts'

const token = z.int().nonnegative()
const fieldsShape = z.looseObject({
  eos_token_id: z.union([token, z.array(token).min(1)]).nullish(),
})

/**
 * The token that ends a completion: the first that generation_config.json names, or else config.json; null where
 * neither names one. A chat policy may name several; ours ends at exactly one, so an operator can choose.
 * @throws SubnetError IMPORT_FILE_MALFORMED
 */
export async function readEndToken(dir: string, configJson: unknown): Promise<number | null> {
  const path = join(dir, 'generation_config.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  const generation = text === null ? null : firstOf(path, parseJson(path, text))
  return generation ?? firstOf('config.json', configJson)
}

function firstOf(path: string, json: unknown): number | null {
  const parsed = fieldsShape.safeParse(json)
  if (!parsed.success) {
    throw importFailure(
      'IMPORT_FILE_MALFORMED',
      `${path}: eos_token_id is neither an id nor a list of ids.`,
      {
        file: path,
      },
    )
  }
  const { eos_token_id: ids } = parsed.data
  return Array.isArray(ids) ? ids[0] : (ids ?? null)
}

/** @throws SubnetError IMPORT_FILE_MALFORMED */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw importFailure('IMPORT_FILE_MALFORMED', `${path} is not JSON.`, { file: path }, cause)
  }
}
