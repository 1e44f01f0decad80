import type { Command } from 'commander'
import { z } from 'zod'
import { SubnetError } from '../shared/errors.ts'
import { redactUrl } from '../shared/redact-url.ts'
import { knownSettings, nearestSetting } from './config/known-settings.ts'
import { readConfigFile } from './config/read-config-file.ts'

/** One thing that an operator can set: `--name`, ROLLPROOF_NAME, or `name` in the configuration file. */
export interface Setting<Value = unknown> {
  /** What stands for the value in `--help`; none for a switch. */
  readonly value?: string
  readonly describe: string
  /** Reads the text; its output is the setting's type. A switch has none. */
  readonly schema?: z.ZodType<Value, string>
  /** As the operator would write it. A setting with neither a default nor `optional` must be given. */
  readonly fallback?: string
  readonly optional?: boolean
  /** May be given several times; at least once, unless optional. */
  readonly repeatable?: boolean
}

export type Settings = Readonly<Record<string, Setting>>

type ValueOf<S extends Setting> = S extends { schema: z.ZodType<infer Value> }
  ? S extends { repeatable: true }
    ? readonly Value[]
    : S extends { optional: true }
      ? Value | undefined
      : Value
  : boolean

export type Values<Spec extends Settings> = { readonly [Name in keyof Spec]: ValueOf<Spec[Name]> }

/** A setting's text, and where it was given. */
export interface Given {
  readonly text: unknown
  readonly source: 'flag' | 'variable' | 'file' | 'default' | 'nowhere'
}

export const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
export const variableOf = (name: string) =>
  `ROLLPROOF_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

/** Registers the flags. Values stay text until `readSettings`, so that all mistakes are reported together. */
export function addSettings(command: Command, spec: Settings): Command {
  command.allowUnknownOption().allowExcessArguments()
  command.option('--config [file]', 'YAML or JSON file with settings; flags and ROLLPROOF_… variables win')
  for (const [name, { value, describe, fallback, repeatable }] of Object.entries(spec)) {
    const suffix = fallback === undefined ? '' : ` (default: ${fallback})`
    const flags = value === undefined ? flagOf(name) : `${flagOf(name)} [${value}]`
    if (!repeatable) command.option(flags, describe + suffix)
    else
      command.option(flags, `${describe}; repeatable${suffix}`, (item, all: unknown) => [
        ...givenSoFar(all),
        item,
      ])
  }
  return command
}

/** What a repeatable flag was given so far; the parser keeps `true` for one without a value, which is a mistake. */
function givenSoFar(all: unknown): unknown[] {
  if (all === undefined) return []
  return Array.isArray(all) ? all : [all]
}

/** What the parser itself objects to, such as an unknown command, ends as our own mistakes do: with a code. */
export function failWithCode(command: Command): void {
  command.configureOutput({ outputError: () => {} }).exitOverride(({ exitCode, code, message }) => {
    if (exitCode === 0 || code === 'commander.help') return
    const mistake = message.replace(/^error: /, '').replaceAll('\n', ' ')
    throw new SubnetError('CONFIG_INVALID', `${mistake}; see --help`)
  })
  for (const inner of command.commands) failWithCode(inner)
}

/**
 * Merges flag > environment > file > default and checks everything before anything starts.
 * @throws SubnetError CONFIG_INVALID listing every mistake
 */
export function readSettings<Spec extends Settings>(
  command: Command,
  spec: Spec,
  environment: NodeJS.ProcessEnv,
): Values<Spec> {
  const { given, mistakes } = collectSettings(command, spec, environment)
  const values = Object.fromEntries(
    Object.entries(spec).map(([name, setting]) => [
      name,
      readSetting(name, setting, given[name].text, mistakes),
    ]),
  )
  if (mistakes.length === 0) return Object.freeze(values) as Values<Spec>
  const list = mistakes.map((line) => `\n  ${line}`).join('')
  throw new SubnetError('CONFIG_INVALID', `nothing was started; mend these settings:${list}`, {
    details: { mistakes },
  })
}

/** Every setting's text and source, and what is wrong before any text is read. */
export function collectSettings(
  command: Command,
  spec: Settings,
  environment: NodeJS.ProcessEnv,
): { given: Record<string, Given>; mistakes: string[] } {
  const flags: Record<string, unknown> = command.opts()
  const excess = excessOf(command)
  const mistakes = excess.map((argument) => `${argument}: not known here; see --help`)
  const file = readFile(flags.config, environment.ROLLPROOF_CONFIG, mistakes)
  mistakes.push(...unknownIn(file, command))
  const given = Object.entries(spec).map(([name, { fallback, repeatable }]): [string, Given] => {
    const flag = flagged(flags, name)
    if (flag !== undefined) return [name, { text: flag, source: 'flag' }]
    const variable = environment[variableOf(name)]
    if (variable !== undefined) return [name, { text: variable, source: 'variable' }]
    if (Object.hasOwn(file, name) && file[name] !== null) {
      return [name, { text: repeatable ? file[name] : firstOf(file[name]), source: 'file' }]
    }
    return [name, { text: fallback, source: fallback === undefined ? 'nowhere' : 'default' }]
  })
  return { given: Object.fromEntries(given), mistakes }
}

/** Where any number of arguments is taken, only an unknown flag is too much. */
function excessOf({ args, registeredArguments: known }: Command): string[] {
  if (known.at(-1)?.variadic) return args.filter((argument) => argument.startsWith('-'))
  return args.slice(known.length)
}

/** One file serves commands that take several endpoints and those that take one: that is the first. */
function firstOf(given: unknown): unknown {
  return Array.isArray(given) && given.length > 0 ? given[0] : given
}

/** The file may hold what other commands need, but nothing that none does: that is a slip of the pen. */
function unknownIn(file: Readonly<Record<string, unknown>>, command: Command): string[] {
  const known = knownSettings(command)
  return Object.keys(file).flatMap((name) => {
    if (known.has(name)) return []
    const nearest = nearestSetting(name, known)
    return [`${name} in the configuration file: not known here${nearest ? `; did you mean ${nearest}?` : ''}`]
  })
}

/** The parser turns `--no-verify` into `verify: false`, and `verify: true` where it was not given. */
function flagged(flags: Record<string, unknown>, name: string): unknown {
  const denied = /^no([A-Z])(.*)$/.exec(name)
  if (!denied) return flags[name]
  return flags[denied[1].toLowerCase() + denied[2]] === false ? true : undefined
}

/** @param mistakes gets what is wrong with the text */
export function readSetting(name: string, setting: Setting, given: unknown, mistakes: string[]): unknown {
  const { schema, optional, repeatable, value } = setting
  if (schema === undefined) return readSwitch(name, given, mistakes)
  if (given === undefined || (Array.isArray(given) && given.length === 0)) {
    if (!optional) {
      mistakes.push(`${flagOf(name)} is missing: ${setting.describe} (or set ${variableOf(name)})`)
    }
    return repeatable ? [] : undefined
  }
  const items = repeatable && Array.isArray(given) ? given : [given]
  const read = items.map((item) => {
    if (item === true || typeof item === 'object') {
      mistakes.push(`${flagOf(name)} needs a value: ${value}`)
      return undefined
    }
    const parsed = schema.safeParse(String(item))
    if (parsed.success) return parsed.data
    const why = parsed.error.issues.map(({ message }) => message).join(', ')
    mistakes.push(`${flagOf(name)} ${redactUrl(String(item))}: ${why}`)
    return undefined
  })
  return repeatable ? read : read[0]
}

function readSwitch(name: string, given: unknown, mistakes: string[]): boolean {
  if (given === true || given === 'true') return true
  if (given !== undefined && given !== 'false')
    mistakes.push(`${flagOf(name)} ${given}: must be true or false`)
  return false
}

function readFile(flag: unknown, variable: string | undefined, mistakes: string[]): Record<string, unknown> {
  const path = typeof flag === 'string' ? flag : variable
  if (flag === true) mistakes.push('--config needs a value: file')
  if (path === undefined) return {}
  try {
    return readConfigFile(path)
  } catch (error) {
    mistakes.push(`--config ${path}: ${(error as Error).message}`)
    return {}
  }
}

/** A whole number in a range. */
export function count(least: number, most: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)
}

export const text: z.ZodType<string, string> = z.string().min(1, 'must not be empty')

export const httpUrl: z.ZodType<string, string> = z.url({
  protocol: /^https?$/,
  error: 'must be an http(s) URL',
})

/** Ends up in logs, and a hash is appended to it. */
export const peerUrl: z.ZodType<string, string> = httpUrl.refine((value) => {
  const url = URL.parse(value)
  return url && !url.username && !url.password && !/[?#]/.test(value)
}, 'must carry no credentials, query or fragment')
