import { learnerSettings, minerSettings, validatorSettings } from '../roles/role-settings.ts'
import type { Settings } from '../settings.ts'

/** What each role's `run` can be set to. */
export const roleSpecs = {
  miner: minerSettings,
  validator: validatorSettings,
  learner: learnerSettings,
} as const satisfies Record<string, Settings>

export type RoleName = keyof typeof roleSpecs

export const roleNames = Object.keys(roleSpecs) as readonly RoleName[]
