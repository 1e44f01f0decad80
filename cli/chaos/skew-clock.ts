import { isMainThread } from 'node:worker_threads'

/**
 * Loaded into a role before its program: moves its time of day by what its parent tells, as an administrator or a
 * broken time server does. Timers and durations go on as before.
 */
if (isMainThread) {
  const trueNow = Date.now
  let skewMs = 0
  Date.now = () => trueNow() + skewMs
  process.on('message', (message: { skewMs?: number }) => {
    skewMs = message.skewMs ?? skewMs
  })
  process.channel?.unref()
}
