/**
 * Sequences and caches are padded to a multiple of this. The engines compute the last few columns of a softmax
 * with other instructions than the rest; a length that is a multiple of their vectors leaves no such columns, so
 * the same position gets the same bits whatever it is batched with. 16 float32 fill the widest vector.
 */
const BLOCK = 16

export function paddedLength(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK
}
