import pino from 'pino'
import type { Log } from '../shared/log.ts'

/** JSON lines on stdout, one event each: what supervisors, dashboards and the devnet read. */
export function createLogger(role: string, level: string): Log {
  const logger = pino({
    level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label) => ({ level: label }), log: withPlainNumbers },
  })
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  }
}

/** JSON has no bigint: chain quantities are written as decimal text. */
function withPlainNumbers(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  )
}
