import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conductWindow } from '../../cli/devnet/conductor.ts'
import { journalOf } from '../../cli/devnet/outcome.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { runProgram } from '../helpers/program.ts'

let devnet: TestDevnet
let online: readonly string[]
const files = mkdtempSync(join(tmpdir(), 'rollproof-explain-'))

beforeAll(async () => {
  devnet = await startTestDevnet({ miners: 1, validators: 2, adversaries: ['stale'] })
  for (const { name } of devnet.network.participants) devnet.start(name)
  await conductWindow(devnet.stage, 0)
  const { deploymentFile, rpcUrl, relayUrl, checkpoints } = devnet.network
  const network = ['--deployment', deploymentFile, '--rpc', rpcUrl, '--relay', relayUrl]
  online = [...network, '--checkpoints', checkpoints, '--allow-private-hosts']
})
afterAll(async () => {
  await devnet?.close()
  rmSync(files, { recursive: true, force: true })
})

test('every validator’s evidence is what anybody recomputes', async () => {
  for (const uid of ['0', '1']) {
    const { code, output } = await runProgram(['evidence', 'check', uid, '0', ...online])
    expect(output).toContain(`validator ${uid}, epoch 0: true`)
    expect(output).toContain('row as these audits give it')
    expect(code).toBe(0)
  }
})

test('a validator publishes its opening; another validator’s is not of its root', async () => {
  const { deploymentFile, rpcUrl } = devnet.network
  const journal = journalOf(devnet.network.chain.deployment, devnet.participant('validator-0'))
  const about = ['--deployment', deploymentFile, '--rpc', rpcUrl, '--journal', journal, '--validator', '0']
  const opened = await runProgram(['evidence', 'open', '0', ...about])
  expect(opened.code).toBe(0)
  const opening = join(files, 'opening.json')
  writeFileSync(opening, opened.output)
  const checked = await runProgram(['evidence', 'check', '0', '0', ...online, '--opening', opening, '--json'])
  expect(JSON.parse(checked.output)).toMatchObject({
    finding: { outcome: 'true' },
    complaint: null,
    proof: null,
  })
  const { finding } = JSON.parse(checked.output)
  expect(finding.openingRoot).toBe(finding.claimedRoot)

  const other = await runProgram(['evidence', 'check', '1', '0', ...online, '--opening', opening, '--json'])
  expect(JSON.parse(other.output).finding.openingRoot).not.toBe(JSON.parse(other.output).finding.claimedRoot)
})

test('status says why a cheat earned nothing, and the command that it names proves it', async () => {
  const { uid } = devnet.participant('miner-1')
  const whom = ['--role', 'miner', '--uid', `${uid}`, '--data-dir', devnet.participant('miner-1').dataDir]
  const { code, output } = await runProgram(['status', '--why', ...whom, ...online, '--json'])
  expect(code, output).toBe(0)
  const { reasons, running, epochs } = JSON.parse(output)
  expect(running).toBe(true)
  expect(epochs[0]).toMatchObject({ epoch: 0, earned: '0', committed: [0] })
  expect(reasons[0].why).toMatch(/of window 0 are rejected, the first for (TOKEN_NOT_OWED|SKETCH_MISMATCH)/)
  const named = reasons[0].proof.replace(/^rollproof /, '').split(' ')
  expect((await runProgram([...named, ...online])).output).toMatch(
    /rejected, (TOKEN_NOT_OWED|SKETCH_MISMATCH)/,
  )
})

test('a verdict is explained from the network, and from its case alone with the same bytes', async () => {
  const { uid } = devnet.participant('miner-1')
  const saved = join(files, 'case.json')
  const name = `0/${uid}/1/3`
  const fetched = await runProgram(['explain', name, ...online, '--save', saved])
  expect(fetched.output).toMatch(/rejected, (TOKEN_NOT_OWED|SKETCH_MISMATCH)/)
  expect(fetched.code).toBe(0)

  // What a stranger is handed: the case, the checkpoint and the deployment file. Nothing else is left to ask.
  const checkpoints = join(files, 'checkpoints')
  const deployment = join(files, 'deployment.json')
  cpSync(devnet.network.checkpoints, checkpoints, { recursive: true })
  cpSync(devnet.network.deploymentFile, deployment)
  await devnet.close()
  const offline = ['--case', saved, '--checkpoints', checkpoints, '--deployment', deployment]
  expect(readFileSync(saved, 'utf8').length).toBeGreaterThan(1000)
  const explained = await runProgram(['explain', name, ...offline])
  expect(explained.output).toBe(fetched.output)
  expect(await runProgram(['explain', name, ...offline])).toEqual(explained)
  const another = await runProgram(['explain', `1/${uid}/1/3`, ...offline])
  expect(another.output).toContain('CASE_MISMATCH')
  expect(another.code).toBe(1)
})
