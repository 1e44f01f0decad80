import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SubnetError } from '../../shared/errors.ts'
import { runnableModule } from '../../shared/runnable-module.ts'

/** One line that a child wrote: its own event or log entry. */
export type ChildEvent = Readonly<Record<string, unknown>>

export interface Child {
  readonly name: string
  readonly pid: number | undefined
  /** Processor time that it has used, all threads; a second behind while it runs. */
  cpuSeconds(): number
  /** What it occupied of the memory a second ago at most; 0 before it has told. */
  memoryBytes(): number
  /** How it ended, when nobody asked it to; null while it runs or after `stop`. */
  crash(): string | null
  /** Resolves when it is gone, whoever ended it. */
  readonly ended: Promise<void>
  /** A message for what was imported into it; lost where it is gone. */
  tell(message: object): void
  stop(): Promise<void>
}

const reportUse = new URL('./report-use.ts', import.meta.url)

/** A child that does not end when asked is killed after this. */
const stopTimeoutMs = 8000

export interface ChildOptions {
  readonly name: string
  /** Module of this project to run, relative to this file. */
  readonly entry: string
  readonly arguments: readonly string[]
  readonly logFile: string
  /** Written to its stdin: where secrets travel. */
  readonly input?: string
  /** Modules of this project that it loads before its entry. */
  readonly imports?: readonly URL[]
  onEvent(event: ChildEvent): void
}

/**
 * Starts a process of this program under the Node that runs this one. An IPC channel ties its life to ours: it
 * ends when we do, even when we are killed.
 */
export function startChild(options: ChildOptions): Child {
  const { name, entry, logFile, input, imports = [], onEvent } = options
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...[reportUse, ...imports].map((module) => `--import=${runnableModule(module).href}`),
      fileURLToPath(runnableModule(new URL(entry, import.meta.url))),
      ...options.arguments,
    ],
    { stdio: ['pipe', 'pipe', 'pipe', 'ipc'], cwd: fileURLToPath(new URL('../../', import.meta.url)) },
  )
  const log = createWriteStream(logFile, { flags: 'a' })
  let lastWords = ''
  child.stdin?.on('error', () => {}).end(input ?? '')
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      if (stream === child.stderr && line.trim()) lastWords = line.trim()
      const event = parseEvent(line)
      if (event) onEvent(event)
    })
  }
  let used = { cpuSeconds: 0, memoryBytes: 0 }
  child.on('message', (report: typeof used) => {
    used = report
  })
  let stopping = false
  let crashed: string | null = null
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      crashed ??= `${name} could not start: ${error.message}`
      resolve()
    })
    child.on('close', (code, signal) => {
      log.end()
      const how = [`${name} ended with ${signal ?? `exit code ${code}`}`, lastWords]
        .filter(Boolean)
        .join(': ')
      if (!stopping) crashed ??= `${how} (log: ${logFile})`
      resolve()
    })
  })
  return {
    name,
    pid: child.pid,
    cpuSeconds: () => used.cpuSeconds,
    memoryBytes: () => used.memoryBytes,
    crash: () => crashed,
    ended,
    tell: (message) => void (child.connected && child.send(message, () => {})),
    stop: () => stopChild(child, ended, () => (stopping = true)),
  }
}

async function stopChild(child: ChildProcess, ended: Promise<void>, note: () => void): Promise<void> {
  note()
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}

function parseEvent(line: string): ChildEvent | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/**
 * Starts a child and waits for its `ready` event.
 * @throws SubnetError CHILD_FAILED with the child's own words
 */
export async function startServer(
  options: Omit<ChildOptions, 'onEvent'>,
  signal: AbortSignal,
): Promise<{ child: Child; ready: ChildEvent }> {
  let announce: (event: ChildEvent) => void = () => {}
  const announced = new Promise<ChildEvent>((resolve) => {
    announce = resolve
  })
  const child = startChild({
    ...options,
    onEvent: (event) => (event.event === 'ready' || event.event === 'failed') && announce(event),
  })
  for (;;) {
    const event = await Promise.race([
      announced,
      new Promise<null>((resolve) => setTimeout(resolve, 100, null)),
    ])
    if (event?.event === 'ready') return { child, ready: event }
    const why = event ? `${event.code}: ${event.message}` : child.crash()
    if (why || signal.aborted) {
      await child.stop()
      signal.throwIfAborted()
      throw new SubnetError('CHILD_FAILED', `could not start ${options.name}: ${why}`)
    }
  }
}
