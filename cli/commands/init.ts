import { existsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { z } from 'zod'
import { readDeployment } from '../../shared/chain/deployment.ts'
import { SubnetError } from '../../shared/errors.ts'
import { askFor, askWhich } from '../config/ask-operator.ts'
import { renderConfigFile } from '../config/render-config-file.ts'
import { type RoleName, roleNames, roleSpecs } from '../config/role-specs.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { roleSettings } from '../roles/role-settings.ts'
import { addSettings, flagOf, httpUrl, readSettings, type Setting, type Settings, text } from '../settings.ts'

const { deployment, key } = roleSettings
const { fallback: _, ...dataDir } = roleSettings.dataDir

/** What has to be known, in the order in which it is asked. */
const questions = {
  // Looked for at once: whoever is asked would else hear of it after the last answer.
  deployment: {
    ...deployment,
    schema: text.refine((path) => existsSync(path), 'there is no such file'),
    optional: true,
  },
  rpc: { value: 'url', describe: 'JSON-RPC endpoint of the chain', schema: httpUrl, optional: true },
  key: { ...key, optional: true },
  dataDir: { ...dataDir, optional: true },
  publicUrl: {
    value: 'url',
    describe: 'URL under which others reach what this machine serves; a validator serves nothing',
    schema: httpUrl,
    optional: true,
  },
  passwordFile: roleSettings.passwordFile,
} as const

const settings = {
  role: {
    value: 'role',
    describe: roleNames.join(', '),
    schema: z.enum(roleNames, { error: `must be one of ${roleNames.join(', ')}` }),
    optional: true,
  },
  ...questions,
  out: {
    value: 'file',
    describe: 'where to write it; never overwritten',
    schema: text,
    fallback: 'rollproof.yaml',
  },
  yes: { describe: 'ask nothing: take the flags, and the defaults for what they leave open' },
  json,
} as const satisfies Settings

export function initCommand(): Command {
  const command = addSettings(new Command('init'), settings)
    .description('write a commented configuration file for a role, from a few answers')
    .addHelpText(
      'after',
      examples(
        'init',
        'init --yes --role validator --deployment deployment.json --rpc https://rpc.example.org',
      ),
    )
    .action(async () => {
      const { out, yes, json, role: given, ...flags } = readSettings(command, settings, process.env)
      requireNew(out)
      const asks = !yes && process.stdin.isTTY === true
      const role = given ?? (asks ? await askWhich('What will this machine do?', roleNames) : missing('role'))
      const chosen = await choose(role, flags, asks)
      readDeployment(chosen.deployment)
      write(out, renderConfigFile(role, roleSpecs[role], chosen))
      print(json, { file: out, role, settings: chosen }, nextSteps(out, role, chosen.key))
    })
  return command
}

type Chosen = Readonly<Record<string, string>> & { readonly deployment: string; readonly key: string }

/** Paths become absolute: the file is read from wherever the role is started. */
async function choose(
  role: RoleName,
  flags: Readonly<Record<string, string | undefined>>,
  asks: boolean,
): Promise<Chosen> {
  const home = flags.dataDir ?? join(homedir(), '.rollproof')
  const defaults: Readonly<Record<string, string>> = { dataDir: home, key: join(home, 'hot-key.json') }
  const chosen: Record<string, string> = {}
  for (const [name, setting] of Object.entries(questions)) {
    if (!Object.hasOwn(roleSpecs[role], name)) continue
    const required: Setting = { ...setting, optional: name === 'publicUrl' || name === 'passwordFile' }
    const answer = flags[name] ?? (await answerTo(name, required, defaults[name], asks))
    if (answer) chosen[name] = ['file', 'dir'].includes(setting.value) ? resolve(answer) : answer
  }
  return chosen as Chosen
}

async function answerTo(
  name: string,
  setting: Setting,
  initial: string | undefined,
  asks: boolean,
): Promise<string | undefined> {
  if (asks && name !== 'passwordFile') return askFor(name, setting, initial)
  return initial ?? (setting.optional ? undefined : missing(name))
}

function missing(name: string): never {
  throw new SubnetError(
    'CONFIG_INVALID',
    `${flagOf(name)} is missing, and it is not asked for: ${name === 'role' ? `one of ${roleNames.join(', ')}` : roleSettings[name as 'rpc'].describe}`,
  )
}

function requireNew(out: string): void {
  if (!existsSync(out)) return
  throw new SubnetError('FILE_UNWRITABLE', `${out} exists, and is not overwritten. Name another --out.`, {
    details: { path: out },
  })
}

function write(out: string, content: string): void {
  try {
    writeFileSync(out, content, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    throw new SubnetError('FILE_UNWRITABLE', `cannot write ${out}: ${(cause as Error).message}`, {
      details: { path: out },
      cause,
    })
  }
}

function nextSteps(out: string, role: RoleName, key: string): string {
  const steps = [
    ...(existsSync(key) ? [] : [`rollproof keys new ${key}`]),
    ...(role === 'learner'
      ? []
      : [`rollproof register --config ${out} --owner-key OWNER-KEYSTORE --hot-key ADDRESS --stake TOKENS`]),
    `rollproof doctor --config ${out}`,
    `rollproof ${role} run --config ${out}`,
  ]
  return [`wrote ${out}. Next:`, ...steps.map((step) => `  ${step}`)].join('\n')
}
