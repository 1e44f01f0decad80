/** One measurement in a process of its own, for scripts/exactness.ts: prints the digests as one line of JSON. */
import { fileURLToPath } from 'node:url'
import { nativeKernelClass } from '../model/engine/kernel-class.ts'
import { digestWindow } from './exactness/digest-window.ts'

const [profile, threads] = process.argv.slice(2)
if (profile !== 'fast' && profile !== 'exact')
  throw new RangeError('usage: exactness-main.ts fast|exact THREADS')
const policy = fileURLToPath(new URL('../models/default', import.meta.url))
const digests = await digestWindow(policy, profile, Number(threads))
const kernels = profile === 'exact' ? 'wasm' : await nativeKernelClass()
console.log(JSON.stringify({ kernels, arch: process.arch, digests }))
