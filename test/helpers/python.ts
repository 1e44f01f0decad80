import { spawnSync } from 'node:child_process'

/** The interpreter that `ROLLPROOF_PYTHON` names, or python3; null where it lacks one of the modules. */
export function pythonWith(...modules: readonly string[]): string | null {
  const python = process.env.ROLLPROOF_PYTHON ?? 'python3'
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
  return status === 0 ? python : null
}
