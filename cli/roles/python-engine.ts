import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SubnetError } from '../../shared/errors.ts'

const server = fileURLToPath(new URL('../../integrations/python/serve.py', import.meta.url))

/** An engine's server that this process started. */
export interface PythonEngine {
  /** Where it listens, once it does. */
  readonly url: Promise<string>
  /** Never resolves. @throws SubnetError ENGINE_ENDED when the server ends before it is closed */
  readonly ended: Promise<never>
  close(): Promise<void>
}

/** Starts a server on a free port of loopback. It ends when its standard input does, so with us at the latest. */
export function startPythonEngine(options: {
  readonly python: string
  readonly engine: 'transformers' | 'vllm'
  readonly checkpoints: readonly string[]
  readonly device: 'cpu' | 'cuda'
}): PythonEngine {
  const roots = options.checkpoints.flatMap((root) => ['--checkpoints', root])
  const chosen = ['--engine', options.engine, '--device', options.device]
  const command = [options.python, '-B', server, ...chosen, '--port', '0', ...roots]
  const child = spawn(command[0], [...command.slice(1), '--until-input-ends'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let lastWords = ''
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.trim()) lastWords = line.trim()
  })
  const gone = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(`${signal ?? `exit code ${code}`}; ${lastWords}`))
  })
  const ended = gone.then((how): never => {
    const message = `the engine ended: ${how.slice(0, 500)}. Its command: ${command.join(' ')}`
    throw new SubnetError('ENGINE_ENDED', message)
  })
  // Somebody listens only while a batch is under way.
  ended.catch(() => {})
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /^listening on (http:\S+)$/.exec(line) ?? []
      if (url) resolve(url)
    })
  })
  const url = Promise.race([listening, ended])
  url.catch(() => {})
  return {
    url,
    ended,
    async close() {
      // It keeps nothing that could be lost.
      child.kill('SIGKILL')
      await gone
    },
  }
}
