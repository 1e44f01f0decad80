import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const { exports, files, dependencies } = JSON.parse(read('package.json'))
const entryPoints = Object.keys(exports).filter((name) => name !== './package.json')

describe('the package', () => {
  it.each(entryPoints)('has a source for %s', (name) => {
    const source = exports[name].replace('./dist/', '').replace(/\.js$/, '.ts')
    expect(existsSync(new URL(source, root))).toBe(true)
  })

  it('documents every entry point, and no other', () => {
    const documented = [...read('docs/library.md').matchAll(/`rollproof\/([a-z-]+)`/g)].map(
      ([, name]) => name,
    )
    expect(documented.map((name) => `./${name}`).toSorted()).toEqual(entryPoints.toSorted())
  })

  it('takes along what its program runs', () => {
    expect(files).toEqual(expect.arrayContaining(['bin', 'dist']))
  })

  it('depends on every package that its modules import', () => {
    const folders = ['shared', 'model', 'miner', 'validator', 'learner', 'dashboard', 'cli', 'deploy']
    const imported = folders.flatMap(importsBelow)
    expect(imported).toContain('viem')
    expect(imported.filter((name) => !(name in dependencies))).toEqual([])
  })
})

/** Names of packages, without what Node itself provides. */
function importsBelow(folder: string): string[] {
  const names = readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => [
      ...read(`${folder}/${name}`).matchAll(/(?:from|import\() ?'((?:@[\w-]+\/)?[\w.-]+)[^']*'/g),
    ])
    .map(([, name]) => name)
    .filter((name) => !name.startsWith('.') && name !== 'node')
}
