import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Defect, defects } from './mutations/defects.ts'

/**
 * Plants each defect alone in a copy of the contracts and runs the Solidity tests on it: they must fail. Prints what
 * found it; ends with 1 where a defect is not found, or where the tests fail without one.
 */
const copied = [
  ...['contracts', 'test/solidity', 'cli/devnet/simulated-chain.ts', 'hardhat.config.ts'],
  ...['package.json', 'tsconfig.json', 'artifacts', 'cache'],
]
const { values } = parseArgs({ options: { profile: { type: 'string', default: 'default' } } })
const folder = mkdtempSync(join(tmpdir(), 'rollproof-mutations-'))
try {
  for (const path of copied) cpSync(path, join(folder, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const sound = runTests()
  if (sound !== null) throw new Error(`the tests fail without any defect: ${sound}`)
  console.log('| defect | found by |\n| --- | --- |')
  for (const defect of defects) {
    const finding = tryDefect(defect)
    console.log(`| ${defect.name} | ${finding ?? '**nothing**'} |`)
    if (finding === null) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}

function tryDefect({ file, edits }: Defect): string | null {
  const path = join(folder, file)
  const sound = readFileSync(path, 'utf8')
  writeFileSync(path, edits.reduce(replaceOnce, sound))
  try {
    return runTests()
  } finally {
    writeFileSync(path, sound)
  }
}

function replaceOnce(source: string, [text, replacement]: Defect['edits'][number]): string {
  const parts = source.split(text)
  if (parts.length !== 2) throw new Error(`not there once: ${text}`)
  return parts.join(replacement)
}

/** @returns the tests that fail with what they say, or null where none does */
function runTests(): string | null {
  const args = ['test', 'solidity', '--test-profile', values.profile]
  const { status, stdout, stderr } = spawnSync(resolve('node_modules/.bin/hardhat'), args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status === 0) return null
  const findings = stdout.matchAll(/^ {2}\d+\) \w+#(\w+)\(.*\)\n {4}Error: (.*)$/gm)
  const told = [...new Set([...findings].map(([, test, said]) => `\`${test}\`: ${said}`))]
  if (told.length === 0)
    throw new Error(`the tests did not run: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`)
  return told.join('; ')
}
