import { adapterOf, addAdapter, largestRank } from '../architecture/low-rank.ts'
import { decodeSafetensors, headerBytes, readLayout } from './safetensors.ts'

/**
 * Adds adapters to the matrices of a weight file, in place: what an update of a rank did to its parent, in a hundredth
 * of the bytes. They may come from anybody.
 * @param file safetensors bytes of a verified checkpoint, their data aligned to 4 bytes
 * @param adapters safetensors bytes: `adapter.<matrix>` [out, rank]
 * @throws RangeError, SubnetError SAFETENSORS_INVALID unless every adapter fits a matrix; the file may be changed then
 */
export function addAdapters(file: Uint8Array, adapters: Uint8Array): void {
  const start = file.byteOffset + headerBytes(file, file.length)
  const left = decodeSafetensors(adapters)
  for (const { name, shape, from, to } of readLayout(file, file.length)) {
    const adapter = left.get(adapterOf(name))
    if (adapter === undefined) continue
    left.delete(adapterOf(name))
    const [output, rank] = adapter.shape
    const fits = shape.length === 2 && adapter.shape.length === 2 && output === shape[0]
    if (!fits || rank < 1 || rank > largestRank) {
      throw new RangeError(`${adapterOf(name)} is [${adapter.shape}], the matrix is [${shape}]`)
    }
    addAdapter(name, new Float32Array(file.buffer, start + from, (to - from) / 4), shape, adapter)
  }
  const [stray] = left.keys()
  if (stray !== undefined) throw new RangeError(`${stray} belongs to no matrix`)
}
