/**
 * Builds dist/, the tree that `npm pack` packs: every module compiled, since Node runs no TypeScript below
 * node_modules, beside what is read at run time, in the places that it has in the repository.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const dist = new URL('dist/', root)
const pathOf = (relative: string) => fileURLToPath(new URL(relative, root))

rmSync(dist, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [pathOf('node_modules/typescript/bin/tsc'), '-p', pathOf('tsconfig.package.json')],
  {
    stdio: 'inherit',
  },
)

const { name, version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
writeFileSync(
  new URL('package.json', dist),
  `${JSON.stringify({ name, version, type: 'module' }, null, 2)}\n`,
)
// The page is bundled when it is served, from its sources.
cpSync(new URL('dashboard/web', root), new URL('dashboard/web', dist), { recursive: true })
// The dashboard's page is built from its sources when it is served.
for (const folder of ['models', 'dashboard/web', 'integrations/python']) {
  cpSync(new URL(folder, root), new URL(folder, dist), { recursive: true })
}
for (const artifact of artifacts()) {
  cpSync(new URL(artifact, root), new URL(artifact, dist))
}

/** What a deployment needs of the build: contracts that are deployed, and not what they are made of or tested by. */
function artifacts(): string[] {
  const all = readdirSync(new URL('artifacts/', root), { recursive: true, encoding: 'utf8' })
  const deployed =
    /^(contracts\/\w+|@openzeppelin\/contracts\/(access\/manager|governance)\/\w+)\.sol\/\w+\.json$/
  return all.filter((path) => deployed.test(path)).map((path) => `artifacts/${path}`)
}
