/**
 * Packs this package, installs it into an empty folder as a stranger would, and runs what the documents promise:
 * the program's version and help, docs/library.md's example against the installed types and code, and a devnet of one
 * window. It installs from the npm registry (from npm's cache where that suffices), so it is not part of `npm test`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'rollproof-package-'))
const app = join(folder, 'app')
mkdirSync(app)

const run = (command: string, args: readonly string[], cwd = app): string =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Its install script would fetch kernels for graphics cards, which nothing here uses.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  })
const rollproof = (...args: string[]) =>
  run(process.execPath, [join(app, 'node_modules/rollproof/bin/rollproof.mjs'), ...args])

try {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root)
  const tarball = join(folder, `rollproof-${version}.tgz`)
  console.log(`packed ${(statSync(tarball).size / 1e6).toFixed(1)} MB`)
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', tarball])
  console.log(`installed: ${run('du', ['-sh', 'node_modules']).split('\t')[0]} with everything it needs`)

  expectIn(rollproof('--version'), version)
  expectIn(rollproof('--help'), 'Usage: rollproof')
  console.log('--version and --help answer')

  writeFileSync(join(app, 'example.ts'), exampleOf(join(root, 'docs/library.md')))
  const strict = [
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
    '--outDir',
    'out',
  ]
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  writeFileSync(join(app, 'package.json'), JSON.stringify({ type: 'module' }))
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...strict, ...types, 'example.ts'])
  expectIn(run(process.execPath, ['out/example.js']), 'accepted')
  console.log('the example of docs/library.md compiles and runs')

  expectIn(rollproof('devnet', '--windows', '1'), 'every expectation held')
  console.log('devnet of one window: every expectation held')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function exampleOf(path: string): string {
  const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(path, 'utf8'))
  if (!code) throw new Error(`no example in ${path}`)
  return code[1]
}

function expectIn(output: string, text: string): void {
  if (!output.includes(text)) throw new Error(`expected "${text}" in:\n${output}`)
}
