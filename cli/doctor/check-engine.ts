import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { getBounded } from '../../shared/http/get-bounded.ts'
import type { minerSettings } from '../roles/role-settings.ts'
import type { Values } from '../settings.ts'
import { type Finding, fail, failed, ok } from './finding.ts'
import type { Machine } from './machine.ts'

export type EngineChoice = Pick<
  Values<typeof minerSettings>,
  'engine' | 'engineUrl' | 'enginePython' | 'device'
>

const modules = { transformers: 'torch, transformers', vllm: 'vllm' } as const
/** Such a library reads thousands of files. */
const importTimeoutMs = 120_000
const answerTimeoutMs = 5_000

/** Whether what a miner would answer with is there. Whether it computes right is for `npm run bench:engine`. */
export async function checkEngine(choice: EngineChoice, machine: Machine): Promise<Finding> {
  const { engine, engineUrl, enginePython, device } = choice
  if (engine === 'native') return checkDevice(device, machine)
  if (engine === 'http') return checkUrl(engineUrl)
  const script = `import ${modules[engine]}; print(${modules[engine].split(', ').at(-1)}.__version__)`
  try {
    const { stdout } = await promisify(execFile)(enginePython, ['-c', script], { timeout: importTimeoutMs })
    return ok('engine', `${engine} ${stdout.trim()} in ${enginePython}`)
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    const said = stderr?.trim().split('\n').at(-1) || message
    const fix = `name with --engine-python a Python that has ${modules[engine]}: integrations/python/README.md`
    return fail('engine', `${enginePython}: ${said}`, fix)
  }
}

async function checkDevice(device: EngineChoice['device'], machine: Machine): Promise<Finding> {
  try {
    return ok('engine', `native on ${device}: kernels ${await machine.kernelClass(device)}`)
  } catch (error) {
    return failed('engine', error, 'install what it names, or mine with --device cpu')
  }
}

async function checkUrl(url: string | undefined): Promise<Finding> {
  const fix = 'start the engine, or correct --engine-url'
  if (url === undefined) return fail('engine', '--engine http has no --engine-url', fix)
  try {
    const bounds = { maxBytes: 2 ** 16, timeoutMs: answerTimeoutMs, stallTimeoutMs: answerTimeoutMs }
    await getBounded(new URL(url), bounds)
    return ok('engine', `something answers at ${url}`)
  } catch (error) {
    return failed('engine', error, fix)
  }
}
