import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import type { Environment } from '../../../../shared/environments/environment.ts'
import { describeEnvironment } from '../../../helpers/environment-suite.ts'

/** The example of docs/environments.md, run as it stands there: its file, then its test. */
const root = new URL('../../../../', import.meta.url)
const document = readFileSync(new URL('docs/environments.md', root), 'utf8')
const [file, test] = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code).slice(1)

const { sums } = await importFile(file)
new Function('describeEnvironment', 'sums', ts.transpile(test))(describeEnvironment, sums)

async function importFile(code: string): Promise<{ sums: Environment }> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-example-'))
  const path = join(folder, 'sums.ts')
  const beside = new URL('shared/environments/', root)
  const absolute = code.replace(/from '(\.[^']+)'/g, (_, target) => `from '${new URL(target, beside)}'`)
  writeFileSync(path, absolute)
  try {
    return await import(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
