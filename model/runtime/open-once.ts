import type { Engine } from '../engine/engine.ts'

/** An engine that is opened by its first run, and closed if it ever was. */
export function openOnce(open: () => Promise<Engine>): Engine {
  let opened: Promise<Engine> | undefined
  return {
    async run(inputs, outputs, into) {
      opened ??= open()
      return (await opened).run(inputs, outputs, into)
    },
    async close() {
      await (await opened)?.close()
    },
  }
}
