import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { pythonWith } from '../../helpers/python.ts'

const folder = fileURLToPath(new URL('../../../integrations/python', import.meta.url))

it('derives the same in Python as in TypeScript', (context) => {
  const python = pythonWith('numpy')
  if (!python) return context.skip('no Python with numpy here: set ROLLPROOF_PYTHON to one')
  const { status, stderr } = spawnSync(python, ['-B', '-m', 'unittest'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/Ran \d+ tests/)
  expect(status, stderr).toBe(0)
})
