// Makes a fresh clone ready, and does nothing in a second when it is. Plain JavaScript without dependencies: it
// runs under whatever Node >= 20 the machine has, before anything is installed.
//
// Hardhat and vitest need Node >= 22.18, and npm itself must run under it: under Node 20 it silently leaves out
// native packages whose `engines` exclude 20. So dependencies are installed by the npm package `node@22`, which
// is also among them; `npm run` then puts that Node first on the path.
//
// `npm install --no-save` takes the versions and hashes of package-lock.json, as `npm ci` does, but does not ask
// that the registry serve the native packages of every other platform.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamps = join(root, 'node_modules', '.rollproof')

step('dependencies', 'node_modules', ['package-lock.json', '.npmrc'], () => {
  console.log('Installing dependencies (once, about a minute) …')
  const install = ['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  run('npx', ['--yes', '-p', 'node@22', '--', ...install])
})

step('contracts', 'artifacts', ['hardhat.config.ts', 'package-lock.json', ...filesBelow('contracts')], () => {
  console.log('Compiling contracts (once, about a minute) …')
  run(join(root, 'node_modules', '.bin', 'hardhat'), ['build', '--no-tests', '--quiet'])
})

/** Runs `action` when `product` is missing or one of `inputs` has changed since it last succeeded. */
function step(name, product, inputs, action) {
  const hash = createHash('sha256')
  for (const input of inputs) hash.update(`${input}\0`).update(readFileSync(join(root, input)))
  const stamp = join(stamps, name)
  const digest = hash.digest('hex')
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  if (fresh && existsSync(join(root, product))) return
  action()
  mkdirSync(stamps, { recursive: true })
  writeFileSync(stamp, digest)
}

function run(command, args) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, PATH: path },
  })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  console.error(`setup failed at: ${command} ${args.join(' ')}${error ? ` (${error.message})` : ''}`)
  console.error(
    'It needs Node >= 20, npm and its registry, nothing else. Mend the cause above and run it again.',
  )
  process.exit(status ?? 1)
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort()
}
