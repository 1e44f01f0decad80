import { registerHooks } from 'node:module'

/**
 * Loaded into a validator before its program: a machine of another class. Where it would compute with native kernels
 * it takes the WebAssembly ones, whose rounding differs.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'onnxruntime-node' ? 'onnxruntime-web' : specifier, context),
})
