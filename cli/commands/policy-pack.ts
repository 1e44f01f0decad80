import { Command } from 'commander'
import { z } from 'zod'
import { packCheckpoint } from '../../model/distribution/pack-checkpoint.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { isBundleHash } from '../../shared/store/store.ts'
import { describeSize } from '../describe-size.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, readSettings, type Settings, text } from '../settings.ts'

const settings = {
  out: {
    value: 'store',
    describe: 'store to put it in: bundles in the data directory of a miner',
    schema: text,
  },
  parent: {
    value: 'dir',
    describe: 'checkpoint that others have already: only the changes are packed',
    schema: text,
    optional: true,
  },
  parentPackage: {
    value: 'hash',
    describe: "the parent's own package, for those who do not have it",
    schema: z.string().refine(isBundleHash, 'must be 64 lower-case hex digits'),
    optional: true,
  },
  json,
} as const satisfies Settings

export function policyPackCommand(): Command {
  const pack = addSettings(new Command('pack'), settings)
    .argument('<dir>', 'directory of the checkpoint')
    .description('make a package of a checkpoint that others can fetch')
    .action(async (dir: string) => {
      const { out, parent, parentPackage, json } = readSettings(pack, settings, process.env)
      const packed = await packCheckpoint(
        dir,
        directoryStore(out),
        parent === undefined ? undefined : { dir: parent, package: parentPackage ?? null },
      )
      const lines = [
        `policy ${packed.manifestHash}: ${describeSize(packed)}`,
        `package ${packed.hash}: announce it as http://HOST:PORT/bundles/${packed.hash}`,
      ]
      print(json, packed, lines.join('\n'))
    })
  return pack
}
