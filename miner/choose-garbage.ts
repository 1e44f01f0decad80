import { disputedEpochs } from '../shared/protocol/disputed-epochs.ts'

export interface StoredBundle {
  readonly window: number
  readonly epoch: number
  /** Its name in the store. */
  readonly bundle: string
  readonly sizeBytes: number
}

/**
 * Which bundles a miner need not keep any longer: those of epochs before the kept ones, and of the rest the oldest
 * beyond the limit. Nothing that may still be audited or disputed is among them, whatever the limit.
 * @param bundles in order of their windows
 * @param keep.epochs whole epochs before the running one
 */
export function chooseGarbage(
  bundles: readonly StoredBundle[],
  running: number,
  keep: { readonly epochs: number; readonly bytes: number },
): StoredBundle[] {
  let left = bundles.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const garbage: StoredBundle[] = []
  for (const stored of bundles) {
    const age = running - stored.epoch
    if (age <= disputedEpochs) break
    if (age <= keep.epochs && left <= keep.bytes) break
    garbage.push(stored)
    left -= stored.sizeBytes
  }
  const needed = new Set(bundles.slice(garbage.length).map(({ bundle }) => bundle))
  return garbage.filter(({ bundle }) => !needed.has(bundle))
}
