import { isMainThread } from 'node:worker_threads'

/** Loaded into every process of the devnet: tells its parent what it has used of the processor, all threads, and of the memory. */
const everyMs = 1000

if (isMainThread && process.send) {
  const report = () => {
    const { user, system } = process.cpuUsage()
    const use = { cpuSeconds: (user + system) / 1e6, memoryBytes: process.memoryUsage.rss() }
    if (process.connected) process.send?.(use, undefined, {}, () => {})
  }
  setInterval(report, everyMs).unref()
  process.on('exit', report)
}
