/**
 * npm run bench:update -- --policy DIR [--demonstrations N] [--groups N] [--group-size N] [--updates N]
 *   [--learning-rate RATE] [--rank N] [--work DIR]
 *
 * Updates of a policy, as large as one may be, by the code that the roles run and without the chain: real rollouts,
 * admitted as the learner admits them, trained, replayed as a validator replays, packed as a delta and unpacked. With
 * --demonstrations a policy that answers nothing right is first shown some answers. Every stage is a process
 * of its own; what each took is printed as one line of JSON.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_RECIPE, type Recipe } from '../learner/recipe.ts'
import type { Place } from './update/place.ts'

const { values: flags } = parseArgs({
  options: {
    policy: { type: 'string', default: fileURLToPath(new URL('../models/default', import.meta.url)) },
    demonstrations: { type: 'string', default: '0' },
    groups: { type: 'string', default: '8' },
    'group-size': { type: 'string', default: '8' },
    updates: { type: 'string', default: '1' },
    'learning-rate': { type: 'string', default: '1e-5' },
    rank: { type: 'string' },
    work: { type: 'string' },
  },
})
const work = flags.work ?? mkdtempSync(join(tmpdir(), 'rollproof-update-'))
const groups = Number(flags.groups)
const recipe: Recipe = {
  ...DEFAULT_RECIPE,
  groupsPerStep: groups,
  learningRate: Number(flags['learning-rate']),
  warmUpSteps: 0,
  ...(flags.rank === undefined ? {} : { rank: Number(flags.rank) }),
}

let parent = flags.policy
if (Number(flags.demonstrations) > 0) {
  const child = join(work, 'shown')
  run('demonstrate', { parent, child, work }, { steps: Number(flags.demonstrations) })
  parent = child
}
for (let update = 0; update < Number(flags.updates); update++) {
  const here = join(work, String(update))
  mkdirSync(here, { recursive: true })
  const place = { parent, child: '', work: here }
  run('roll', place, { groups, groupSize: Number(flags['group-size']) })
  const { dir: child } = run('train', place, { recipe }) as { dir: string }
  run('move', { ...place, child }, {})
  run('replay', { ...place, child }, {})
  run('unpack', { ...place, child }, run('pack', { ...place, child }, {}))
  parent = child
}

function run(stage: string, place: Place, given: object): object {
  const path = fileURLToPath(new URL('./update-main.ts', import.meta.url))
  const argument = JSON.stringify({ stage, place, given })
  const line = execFileSync(process.execPath, [...process.execArgv, path, argument], { encoding: 'utf8' })
  console.log(`${stage} ${line.trim()}`)
  return JSON.parse(line)
}
