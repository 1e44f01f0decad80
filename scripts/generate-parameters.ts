import { homedir } from 'node:os'
import type { Command, Option } from 'commander'
import { createProgram } from '../cli/program.ts'
import { writeGenerated } from './generated/write-generated.ts'

/** Writes docs/parameters.md from the commands themselves; with `--check`, only says whether it is stale. */
const head = `# Commands and their settings

Generated from the code by \`scripts/generate-parameters.ts\`; \`npm run check\` compares. Every setting is a flag, a
variable (\`--data-dir\` is \`ROLLPROOF_DATA_DIR\`) or a name in the file of \`--config\` (\`dataDir\`); a flag wins over a
variable, that over the file. What the rules of a subnet are, and who changes them: [contracts.md](contracts.md).
`

const content = [head, ...leaves(createProgram()).map(renderCommand)].join('\n')
writeGenerated('docs/parameters.md', content, 'node scripts/generate-parameters.ts')

function leaves(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command)
  const inner = visible.filter((child) => child.name() !== 'help').flatMap(leaves)
  const own = command.parent && (inner.length === 0 || command.options.length > 1) ? [command] : []
  return [...own, ...inner]
}

function renderCommand(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  )
  const options = command.options.filter(({ long }) => long !== '--config' && long !== '--help')
  const title = `## rollproof ${[pathOf(command), ...names].join(' ')}\n\n${sentence(command.description())}\n`
  if (options.length === 0) return title
  const rows = options.map(
    (option) => `| \`${option.flags.replace('[', '').replace(']', '')}\` | ${meaningOf(option)} |`,
  )
  return `${title}\n| flag | meaning |\n|---|---|\n${rows.join('\n')}\n`
}

function pathOf(command: Command): string {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function meaningOf({ description }: Option): string {
  return description.replaceAll(homedir(), '~').replaceAll('|', '\\|')
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}
