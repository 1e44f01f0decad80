import { stringify } from 'yaml'
import { flagOf, type Setting, type Settings, variableOf } from '../settings.ts'
import type { RoleName } from './role-specs.ts'

const widest = 100

/** A configuration file with every setting of a role: those that are chosen, and as comments all others. */
export function renderConfigFile(
  role: RoleName,
  spec: Settings,
  chosen: Readonly<Record<string, string>>,
): string {
  const entries = Object.entries(spec).map(([name, setting]) => renderEntry(name, setting, chosen[name]))
  const head = [
    `# Settings of a ${role}: rollproof ${role} run --config FILE`,
    '# A flag (--data-dir) and a variable (ROLLPROOF_DATA_DIR) win over what stands here. Keys and passwords never',
    '# stand here, only the files that hold them. `rollproof config show` prints what is in effect.',
    '',
    '# miner, validator or learner; for register, status and doctor.',
    `role: ${role}`,
  ]
  return `${[head.join('\n'), ...entries].join('\n\n')}\n`
}

function renderEntry(name: string, setting: Setting, chosen: string | undefined): string {
  const { describe, repeatable, schema, fallback, value } = setting
  const about = `${describe}${repeatable ? '; a list' : ''} (${flagOf(name)}, ${variableOf(name)})`
  const comment = wrap(about).map((line) => `# ${line}`)
  if (chosen !== undefined) {
    const entry = repeatable ? { [name]: [chosen] } : { [name]: chosen }
    return [...comment, stringify(entry, { lineWidth: 0 }).trimEnd()].join('\n')
  }
  const sample = schema === undefined ? 'false' : (fallback ?? `<${value}>`)
  return [...comment, `# ${name}: ${repeatable ? `[${sample}]` : sample}`].join('\n')
}

function wrap(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last.length + word.length >= widest) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
