import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Device } from '../../model/engine/engine.ts'
import { systemClock } from '../../shared/clock.ts'

/** What the doctor asks the machine itself. */
export interface Machine {
  nowMs(): number
  /** Bytes that may still be written where `path` is or will be. */
  freeDiskBytes(path: string): Promise<number>
  freeMemoryBytes(): number
  /** Of a device's kernels, as `nativeKernelClass` names it. @throws SubnetError DEVICE_UNAVAILABLE */
  kernelClass(device: Device): Promise<string>
}

export const thisMachine: Machine = {
  nowMs: systemClock.nowMs,
  async freeDiskBytes(path) {
    const { bavail, bsize } = await statfs(existing(resolve(path)))
    return bavail * bsize
  },
  freeMemoryBytes: () => Math.min(freemem(), process.availableMemory()),
  async kernelClass(device) {
    // Loaded only here: the model's runtime takes a while.
    const { nativeKernelClass } = await import('../../model/engine/kernel-class.ts')
    return nativeKernelClass(device)
  },
}

function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path))
}
