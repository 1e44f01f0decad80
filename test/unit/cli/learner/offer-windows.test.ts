import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { expect, it, onTestFinished } from 'vitest'
import { offerWindows } from '../../../../cli/learner/offer-windows.ts'
import { exportParts } from '../../../../learner/export/export-parts.ts'
import { closeWindow } from '../../../../shared/chain/close-window.ts'
import { windowStart } from '../../../../shared/protocol/schedule.ts'
import { withRollout } from '../../../helpers/deliveries.ts'
import { createLearnerWorld } from '../../../helpers/learner-world.ts'

it('exports what was committed to closed windows, says what nobody gives, and asks for that again', async () => {
  const world = await createLearnerWorld()
  const miners = [await world.register('miner', 'a'), await world.register('miner', 'b')]
  const cheat = await world.register('miner', 'c')
  const { journal, policies, network } = world.start({
    ...{ kind: 'subnet', size: { fewest: 1, most: 1 } },
    synchronisation: { mode: 'sequential' },
  })
  onTestFinished(() => journal.close())
  await world.play(0, [
    { miner: miners[0] },
    { miner: miners[1], gone: true },
    {
      miner: cheat,
      instead: (honest) =>
        withRollout(honest, 0, 0, ({ tokens }) => ({ tokens: tokens.with(0, (tokens[0] + 1) % 50) })),
    },
  ])
  const out = await mkdtemp(join(tmpdir(), 'windows-'))
  onTestFinished(() => rm(out, { recursive: true }))
  const sources = { observer: network, policies, shelf: world.shelf, allowPrivateHosts: true }
  const run = async (to: number) => {
    const lines: string[] = []
    const listener = {
      seen: (part: { miner: number; groups: number; refused: string | null }, already: boolean) =>
        lines.push(`${part.miner}: ${part.refused ?? part.groups}${already ? ', there already' : ''}`),
      missed: (part: { miner: number }, why: string) => lines.push(`${part.miner}: ${why.split(':')[0]}`),
    }
    await exportParts(out, 'trl', offerWindows(sources, { from: 0, to }), listener)
    return lines
  }
  // Somebody may still answer.
  await expect(run(0)).rejects.toMatchObject({ code: 'WINDOW_NOT_CLOSED', retryable: true })
  expect(await readdir(out)).toEqual([])

  await closeWindow(network.chain, 0)
  const [honest, gone, cheated] = [...miners, cheat].map(({ identity }) => identity.uid)
  expect(await run(0)).toEqual([`${honest}: 4`, `${gone}: STORE_NOT_FOUND`, `${cheated}: TOKEN_NOT_OWED`])
  // Nobody opened the windows after it.
  await world.subnet.advanceTo(windowStart(network.schedule, 3))
  expect(await run(2)).toEqual([
    `${honest}: 4, there already`,
    `${gone}: STORE_NOT_FOUND`,
    `${cheated}: TOKEN_NOT_OWED, there already`,
  ])
  const [file] = (await readdir(out)).filter((name) => name.endsWith('.parquet'))
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(out, file)) })
  expect(rows).toHaveLength(4 * 8)
})
