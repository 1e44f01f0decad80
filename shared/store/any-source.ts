import { SubnetError } from '../errors.ts'
import type { BundleSource } from './store.ts'

/**
 * Several sources as one: each is asked in turn until one gives the bytes. They may be of any kind, since what they
 * give is checked against its hash.
 * @returns a source whose failure is the last one's
 */
export function anySource(sources: readonly [BundleSource, ...BundleSource[]]): BundleSource {
  return {
    async fetch(hash, options) {
      let failure: unknown
      for (const source of sources) {
        try {
          return await source.fetch(hash, options)
        } catch (error) {
          options.signal?.throwIfAborted()
          if (!(error instanceof SubnetError)) throw error
          failure = error
        }
      }
      throw failure
    },
  }
}
