import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'

/**
 * A map of settings in YAML, of which JSON is a part. Every value stays the text that it is written as: an address is
 * no number, and each setting reads its own text. What is left empty is not given.
 * @throws Error that says what is wrong with the file
 */
export function readConfigFile(path: string): Record<string, unknown> {
  const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'failsafe', customTags: ['null'] })
  const [mistake] = document.errors
  if (mistake) throw new Error(mistake.message.split('\n')[0])
  const content: unknown = document.toJS({ maxAliasCount: 0 }) ?? {}
  if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>
  throw new Error('it must be a list of names and values, such as `rpc: https://…`')
}
