import { beaconErrors } from './beacon.ts'
import { bridgeErrors } from './bridge.ts'
import { chainErrors } from './chain.ts'
import { configurationErrors } from './configuration.ts'
import { dashboardErrors } from './dashboard.ts'
import { devnetErrors } from './devnet.ts'
import { engineErrors } from './engines.ts'
import { governanceErrors } from './governance.ts'
import { healthErrors } from './health.ts'
import { observerErrors } from './observers.ts'
import { policyErrors } from './policy.ts'
import { processErrors } from './process.ts'
import type { ErrorText } from './section.ts'
import { storeErrors } from './stores.ts'

/** In the order in which docs/errors.md has them. */
export const errorSections = [
  configurationErrors,
  chainErrors,
  healthErrors,
  governanceErrors,
  beaconErrors,
  policyErrors,
  engineErrors,
  storeErrors,
  observerErrors,
  bridgeErrors,
  dashboardErrors,
  processErrors,
  devnetErrors,
] as const

type CodesOf<Section> = Section extends { readonly codes: infer Codes } ? keyof Codes : never

/** Every code that a failure of our own can carry: one that nobody explained does not compile. */
export type ErrorCode = CodesOf<(typeof errorSections)[number]>

const texts = new Map<string, ErrorText>(errorSections.flatMap(({ codes }) => Object.entries(codes)))

/** What the code means and what to do; undefined where there is no such code. */
export function explainCode(code: string): ErrorText | undefined {
  return texts.get(code)
}
