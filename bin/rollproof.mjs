#!/usr/bin/env node
// The installed program's door. Plain JavaScript that any Node can read, so that an old one is told what is missing.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`rollproof needs Node 22.18 or newer; this is ${process.version}.`)
  console.error(
    'Install it, or let npm bring it for one run (npm itself must run under it, or native parts are missing):',
  )
  console.error(`  npx -y -p node@22 -- npx -y rollproof@latest ${process.argv.slice(2).join(' ')}`)
  process.exit(1)
}

// SQLite is called experimental by Node 22. Threads inherit the flag; this process is past reading it.
process.execArgv.push('--disable-warning=ExperimentalWarning')
const print = process.listeners('warning')
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') for (const listener of print) listener(warning)
})

await import('../dist/cli/main.js')
