import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import logUpdate from 'log-update'
import { type FetchProgress, fetchPackage } from '../../model/distribution/fetch-package.ts'
import type { Log } from '../../shared/log.ts'
import { openPeer, openUri } from '../../shared/relay/peer.ts'
import { directoryStore } from '../../shared/store/directory-store.ts'
import { describeSize } from '../describe-size.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { runUntilStopped } from '../lifecycle.ts'
import { print } from '../print.ts'
import { roleSettings } from '../roles/role-settings.ts'
import { addSettings, readSettings, type Settings, text, type Values } from '../settings.ts'

const { checkpoints, peer } = roleSettings

const settings = {
  out: { value: 'dir', describe: 'directory to put the checkpoint in, under its hash', schema: text },
  peer,
  checkpoints,
  json,
} as const satisfies Settings

export function policyFetchCommand(): Command {
  const fetch = addSettings(new Command('fetch'), settings)
    .argument('<uri>', 'of the package, as announced; http, https or file')
    .description('fetch a checkpoint from several peers, and verify all of it')
    .addHelpText('after', examples('policy fetch https://example.org/bundles/HASH --out checkpoints'))
    .action(async (uri: string) => {
      const values = readSettings(fetch, settings, process.env)
      let whole = false
      await runUntilStopped(async (signal) => {
        await fetchInto(uri, values, signal)
        whole = true
      })
      // What was fetched is kept: the same command goes on with it.
      if (!whole) process.exitCode = 130
    })
  return fetch
}

async function fetchInto(
  uri: string,
  { out, peer, checkpoints, json }: Values<typeof settings>,
  signal: AbortSignal,
): Promise<void> {
  const { hash, peer: publisher } = openUri(uri, { allowPrivateHosts: true, fileRoot: '/' })
  const pieces = join(out, '.pieces')
  const fetched = await fetchPackage(hash, null, {
    peers: [publisher, ...peer.map((url) => openPeer(url))],
    store: directoryStore(pieces),
    log,
    signal,
    roots: [...checkpoints],
    shelf: out,
    ...(process.stdout.isTTY && !json && { onProgress: (progress) => logUpdate(renderBar(progress)) }),
  })
  if (process.stdout.isTTY && !json) logUpdate.done()
  await rm(pieces, { recursive: true })
  print(
    json,
    fetched,
    `policy ${fetched.manifestHash}: ${describeSize(fetched)}, verified, in ${fetched.dir}`,
  )
}

const say: Log['warn'] = (message, fields) => console.error(`${message}: ${fields?.peer} (${fields?.why})`)
const log: Log = { debug() {}, info() {}, warn: say, error: say }

const barWidth = 40

function renderBar({ manifestHash, bytes, totalBytes }: FetchProgress): string {
  const done = Math.floor((barWidth * bytes) / totalBytes)
  const bar = '█'.repeat(done) + '░'.repeat(barWidth - done)
  return `${manifestHash.slice(0, 10)} ${bar} ${describeSize({ bytes, fullBytes: totalBytes })}`
}
