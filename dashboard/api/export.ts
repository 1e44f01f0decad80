import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from '../build-page.ts'
import type { Overview, RolloutPage } from '../views.ts'
import { readResource, type Sources } from './resources.ts'
import { toJson } from './to-json.ts'

/** Rollouts of a snapshot that can be looked into: each runs the model once. */
const mostDerived = 40
/** Pages of a list at most; the rest is not in the snapshot. */
const mostPages = 20

/**
 * Writes the page and everything it can show as files, under the same paths as the API has them.
 * @returns how many files were written
 */
export async function exportDashboard(
  sources: Sources,
  page: Page,
  directory: string,
  onStep: (step: string) => void,
): Promise<number> {
  let files = 0
  const write = async (path: string, content: Uint8Array | string) => {
    const file = join(directory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    files++
  }
  const take = async (path: string): Promise<unknown> => {
    const answer = await readResource(sources, path)
    await write(join('api', path), toJson(answer))
    return answer
  }
  for (const [path, { bytes }] of Object.entries(page)) await write(path.slice(1), bytes)
  onStep('reading the network')
  const overview = (await take('overview.json')) as Overview
  for (const epoch of overview.weighed) await take(`weights/${epoch}.json`)
  await take('learning.json')
  await take('governance.json')
  onStep('reading the rollouts')
  const lists = ['all', ...overview.miners.map(({ uid }) => String(uid))].flatMap((miner) =>
    ['rejected', 'all'].map((only) => `rollouts/${miner}/${only}`),
  )
  const shown = new Map<string, RolloutPage['rollouts'][number]>()
  for (const list of lists) {
    for (let page = 0; page < mostPages; page++) {
      const { pages, rollouts } = (await take(`${list}/${page}.json`)) as RolloutPage
      // The first few of every list, so that every miner can be looked into.
      for (const rollout of page === 0 ? rollouts.slice(0, 3) : []) shown.set(nameOf(rollout), rollout)
      if (page + 1 >= pages) break
    }
  }
  onStep('deriving verdicts again')
  for (const name of [...shown.keys()].slice(0, mostDerived)) await take(`rollout/${name}.json`)
  return files
}

function nameOf({ window, miner, group, rollout }: RolloutPage['rollouts'][number]): string {
  return `${window}-${miner}-${group}-${rollout}`
}
