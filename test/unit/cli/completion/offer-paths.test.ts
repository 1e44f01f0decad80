import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { offerPaths } from '../../../../cli/completion/offer-paths.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'keys'))
  mkdirSync(join(folder, 'checkpoints/one'), { recursive: true })
  mkdirSync(join(folder, 'checkpoints/two'))
  for (const name of ['keys/hot.json', 'rollproof.yaml', '.hidden']) writeFileSync(join(folder, name), '')
})

const offered = (typed: string) =>
  offerPaths(`${folder}/${typed}`).map((path) => path.slice(folder.length + 1))

describe('paths for the shell', () => {
  it('begin with what was typed; directories end with a slash', () => {
    expect(offered('')).toEqual(['checkpoints/', 'keys/', 'rollproof.yaml'])
    expect(offered('ro')).toEqual(['rollproof.yaml'])
  })

  it('go on below a directory that alone fits', () => {
    expect(offered('che')).toEqual(['checkpoints/', 'checkpoints/one/', 'checkpoints/two/'])
    expect(offered('ke')).toEqual(['keys/', 'keys/hot.json'])
    expect(offered('keys/')).toEqual(['keys/hot.json'])
  })

  it('show hidden files to those who ask for them, and nothing of a folder that is not there', () => {
    expect(offered('.h')).toEqual(['.hidden'])
    expect(offered('nowhere/x')).toEqual([])
  })
})
