import { isMainThread } from 'node:worker_threads'

/** Loaded into every process of the devnet: tells its parent what it has used of the processor, all threads. */
const everyMs = 1000

if (isMainThread && process.send) {
  const report = () => {
    const { user, system } = process.cpuUsage()
    if (process.connected) process.send?.({ cpuSeconds: (user + system) / 1e6 }, undefined, {}, () => {})
  }
  setInterval(report, everyMs).unref()
  process.on('exit', report)
}
