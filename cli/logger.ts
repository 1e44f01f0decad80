import pino from 'pino'
import type { Log } from '../shared/log.ts'

type Listener = (message: string, fields: Readonly<Record<string, unknown>>) => void

/**
 * JSON lines on stdout, one event each: what supervisors, dashboards and the devnet read.
 * @param listener hears every line, whatever the level that is written
 */
export function createLogger(role: string, level: string, listener: Listener = () => {}): Log {
  const logger = pino({
    level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label) => ({ level: label }), log: withPlainNumbers },
  })
  const at =
    (name: keyof Log): Log['info'] =>
    (message, fields = {}) => {
      logger[name](fields, message)
      listener(message, fields)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** JSON has no bigint: chain quantities are written as decimal text. */
function withPlainNumbers(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  )
}
