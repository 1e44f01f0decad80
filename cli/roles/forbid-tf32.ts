/**
 * NVIDIA's libraries may round float32 products to 10 bits of fraction, and onnxruntime lets them: far beyond what
 * validators tolerate. They read this when they start.
 */
export function forbidTf32(): void {
  process.env.NVIDIA_TF32_OVERRIDE = '0'
}
