/**
 * Fails when code that decides a token, a sketch, a reward or an update uses what two machines compute
 * differently: an honest miner would then be rejected by an honest validator.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { findInexact } from './find-inexact.ts'

const root = new URL('../', import.meta.url)
const folders = ['shared/protocol/', 'shared/environments/', 'model/', 'learner/']

let violations = 0
for (const folder of folders) {
  for (const name of readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const path = folder + name
    for (const { line, what } of findInexact(readFileSync(new URL(path, root), 'utf8'), path)) {
      console.error(`${path}:${line} ${what}`)
      violations++
    }
  }
}
if (violations > 0) {
  console.error(`${violations} uses of arithmetic or state that differs between machines`)
  process.exitCode = 1
}
