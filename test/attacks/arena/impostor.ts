import { generateGroups } from '../../../miner/generate-groups.ts'
import type { Ground, ModelChange } from './ground.ts'
import { type MinerProgram, minerFrom } from './miner-program.ts'

/** The honest program over another model. It proves what it ran: proving the owed model would mean running it. */
export async function impostorMiner(ground: Ground, change: ModelChange): Promise<MinerProgram> {
  const model = await ground.openImpostor(change)
  return { ...minerFrom(ground, (task) => generateGroups(model, task)), model }
}
