import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { CurvePoint } from './curve.ts'

const name = 'held-out.json'

const shape = z.array(
  z.object({
    policy: z.string(),
    steps: z.number(),
    passRate: z.number(),
    standardError: z.number(),
    problems: z.number(),
  }),
)

/** Keeps a run's curve for whoever watches it; whole at every moment. */
export function writeHeldOut(dataDir: string, curve: readonly CurvePoint[]): void {
  const path = join(dataDir, name)
  writeFileSync(`${path}.new`, `${JSON.stringify(curve, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

/** The curve that a run keeps in its data directory; empty where none does. */
export function readHeldOut(dataDir: string): z.infer<typeof shape> {
  const path = join(dataDir, name)
  return existsSync(path) ? shape.parse(JSON.parse(readFileSync(path, 'utf8'))) : []
}
