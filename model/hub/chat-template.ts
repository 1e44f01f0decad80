import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from './end-token.ts'
import { importFailure } from './failure.ts'
import type { ChatTemplate } from './policy-files.ts'

/** A special token is written as text, or as an object that says more of it. */
const special = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .nullish()
  .transform((name) => (typeof name === 'string' ? name : (name?.content ?? '')))
const named = z.looseObject({ name: z.string(), template: z.string() })
const shape = z.looseObject({
  bos_token: special,
  eos_token: special,
  chat_template: z.union([z.string(), z.array(named)]).nullish(),
})

/**
 * chat_template.jinja, or else what tokenizer_config.json holds: one template, or the one of several that is named
 * `default`. null where neither is there.
 * @throws SubnetError IMPORT_FILE_MALFORMED
 */
export async function readChatTemplate(dir: string): Promise<ChatTemplate | null> {
  const path = join(dir, 'tokenizer_config.json')
  const text = await readFile(path, 'utf8').catch(() => '{}')
  const parsed = shape.safeParse(parseJson(path, text))
  if (!parsed.success) {
    throw importFailure('IMPORT_FILE_MALFORMED', `${path}: ${z.prettifyError(parsed.error)}.`, { file: path })
  }
  const { bos_token, eos_token, chat_template: inside } = parsed.data
  const beside = await readFile(join(dir, 'chat_template.jinja'), 'utf8').catch(() => null)
  const template =
    beside ?? (Array.isArray(inside) ? inside.find(({ name }) => name === 'default')?.template : inside)
  return template ? { template, names: { bos_token, eos_token } } : null
}
