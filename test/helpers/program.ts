import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = new URL('../../', import.meta.url)

/** `rollproof …` as an operator starts it: its own process group, as a terminal gives it. */
export interface RunningProgram {
  readonly pid: number
  /** Everything written so far, stdout and stderr together. */
  output(): string
  /** Resolves when the output contains `text`; rejects when the program ends without it. */
  says(text: string): Promise<void>
  /** To the whole group, as Ctrl-C in a terminal. */
  interrupt(): void
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>
}

/** Starts the real program and makes sure that nothing of it outlives the test. */
export function startProgram(
  args: readonly string[],
  variables: Record<string, string> = {},
): RunningProgram {
  const flags = ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('cli/main.ts', root))]
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: fileURLToPath(root),
    env: { ...process.env, ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid as number
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listener of listeners) listener()
    })
  }
  const ended: RunningProgram['ended'] = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }))
  })
  onTestFinished(() => killGroup(pid))
  return {
    pid,
    output: () => output,
    interrupt: () => void process.kill(-pid, 'SIGINT'),
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!output.includes(text)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        ended.then(() => reject(new Error(`ended without saying "${text}":\n${output}`)))
      }),
  }
}

/** Runs a program to its end. */
export function runProgram(args: readonly string[], variables?: Record<string, string>) {
  return startProgram(args, variables).ended
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in the group.
  }
}

export interface ProcessInfo {
  readonly pid: number
  readonly command: string
}

/** Living processes of a program's group, itself included. Linux only: elsewhere there is no /proc to look in. */
export function processesOf(group: number): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        if (Number(processGroup) !== group || state === 'Z') return []
        return [
          { pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') },
        ]
      } catch {
        return [] // It ended while we looked.
      }
    })
}
