import type { Manifest } from '../checkpoint/manifest.ts'

/** What stands around every problem, as tokens. */
export type Frame = NonNullable<Manifest['sampling']['frame']>
