/** Numbers as they are; all but the first become float32 without rounding. */
export type FloatType = 'F32' | 'F16' | 'BF16'
/** ggml's quantisations: blocks of integers with their own scales, as GGUF files hold them. */
export type BlockType = 'Q4_0' | 'Q4_1' | 'Q5_0' | 'Q8_0' | 'Q4_K' | 'Q6_K'
/** What a weight may be stored as. */
export type WeightType = FloatType | BlockType

/** The smallest piece that a type can be stored in. */
export const BLOCKS: Readonly<Record<WeightType, { readonly numbers: number; readonly bytes: number }>> = {
  F32: { numbers: 1, bytes: 4 },
  F16: { numbers: 1, bytes: 2 },
  BF16: { numbers: 1, bytes: 2 },
  Q4_0: { numbers: 32, bytes: 18 },
  Q4_1: { numbers: 32, bytes: 20 },
  Q5_0: { numbers: 32, bytes: 22 },
  Q8_0: { numbers: 32, bytes: 34 },
  Q4_K: { numbers: 256, bytes: 144 },
  Q6_K: { numbers: 256, bytes: 210 },
}

/** @param count numbers, whole blocks of them */
export function storedBytes(type: WeightType, count: number): number {
  const { numbers, bytes } = BLOCKS[type]
  return (count / numbers) * bytes
}

export function isFloatType(type: string): type is FloatType {
  return type === 'F32' || type === 'F16' || type === 'BF16'
}
