import { redactUrl } from '../../shared/redact-url.ts'
import { flagOf, type Given, readSetting, type Settings, variableOf } from '../settings.ts'

/** One setting as it takes effect. */
export interface ShownSetting {
  readonly name: string
  /** As it was written, without what may be a secret; null where it is given nowhere. */
  readonly value: string | null
  readonly source: string
  readonly mistake: string | null
}

/** What every setting is, and who said so. @param file the configuration file, if any */
export function showConfig(
  spec: Settings,
  given: Readonly<Record<string, Given>>,
  file: string | undefined,
): ShownSetting[] {
  return Object.entries(spec).map(([name, setting]) => {
    const { text, source } = given[name]
    const mistakes: string[] = []
    readSetting(name, setting, text, mistakes)
    const value = text === undefined ? null : [text].flat().map((item) => redactUrl(String(item)))
    const sources = {
      flag: flagOf(name),
      variable: variableOf(name),
      file: file ?? 'file',
      default: 'default',
      nowhere: 'not set',
    }
    return {
      name,
      value: value?.join(', ') ?? null,
      source: sources[source],
      mistake: mistakes.length > 0 ? mistakes.join('; ') : null,
    }
  })
}

export function renderConfig(shown: readonly ShownSetting[]): string {
  const width = (cells: readonly string[]) => Math.max(...cells.map((cell) => cell.length))
  const names = width(shown.map(({ name }) => name))
  const values = Math.min(60, width(shown.map(({ value }) => value ?? '')))
  return shown
    .map(({ name, value, source, mistake }) => {
      const line = `${name.padEnd(names)}  ${(value ?? '').padEnd(values)}  ${source}`
      return mistake === null ? line : `${line}\n  wrong: ${mistake}`
    })
    .join('\n')
}
