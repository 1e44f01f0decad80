type Fields = Readonly<Record<string, unknown>>

/** Constant past-tense message, structured fields, no secrets: `log.info('committed window', { window, root })`. */
export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}
