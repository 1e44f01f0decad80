import { anySource } from './any-source.ts'
import type { BundleStore } from './store.ts'

/** Keeps everything in both stores: what is put is durable in each, and what one has lost the other gives. */
export function mirroredStore(near: BundleStore, far: BundleStore): BundleStore {
  return {
    ...anySource([near, far]),
    async put(bytes, name) {
      await far.put(bytes, name)
      return near.put(bytes, name)
    },
  }
}
