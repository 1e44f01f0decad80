import { readFileSync } from 'node:fs'

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

/** `npm run docs:api`: the package's entry points, read from their sources. */
export default {
  name: 'rollproof',
  entryPoints: Object.values(exports)
    .filter((target) => target.endsWith('.js'))
    .map((target) => target.replace('./dist/', '').replace(/\.js$/, '.ts')),
  out: 'docs/api',
  readme: 'docs/library.md',
  excludeInternal: true,
  gitRevision: 'main',
  disableSources: true,
  treatWarningsAsErrors: false,
}
