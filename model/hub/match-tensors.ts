import type { ArchitectureConfig } from '../architecture/config.ts'
import { EMBEDDING, HEAD, listParameters, type ParameterSpec } from '../architecture/parameters.ts'
import { importFailure } from './failure.ts'
import type { StoredTensor } from './stored-tensor.ts'

/** Tables that old exporters kept beside the weights; every decoder derives them from config.json. */
const DERIVED = /^model\.layers\.\d+\.self_attn\.rotary_emb\.inv_freq$/

export interface MatchedTensor {
  readonly spec: ParameterSpec
  readonly stored: StoredTensor
}

/**
 * Accounts for every tensor: each that the architecture needs is there once, in its shape, and nothing is left over.
 * The embedding and the head may have more rows than the tokenizer has tokens: padding, which is not read.
 * @param config with the tokenizer's vocabulary
 * @param storedRows rows that config.json gives the embedding and the head
 * @returns in the order of `listParameters`, and the stored head of a policy whose head is tied
 * @throws SubnetError IMPORT_TENSOR_MISSING, IMPORT_TENSOR_INVALID, IMPORT_TENSOR_UNEXPECTED
 */
export function matchTensors(
  config: ArchitectureConfig,
  storedRows: number,
  tensors: ReadonlyMap<string, StoredTensor>,
): { readonly matched: readonly MatchedTensor[]; readonly tiedHead: StoredTensor | null } {
  const left = new Map(tensors)
  const matched = listParameters(config).map((spec) => {
    const stored = left.get(spec.name)
    if (stored === undefined) {
      throw importFailure(
        'IMPORT_TENSOR_MISSING',
        `The weights lack tensor ${spec.name}, which config.json demands.`,
        {
          tensor: spec.name,
          shape: spec.shape,
        },
      )
    }
    left.delete(spec.name)
    requireShape(spec.name, stored, shapeOnDisk(spec, storedRows))
    return { spec, stored }
  })
  const tiedHead = config.tiedHead ? (left.get(HEAD) ?? null) : null
  if (tiedHead) requireShape(HEAD, tiedHead, [storedRows, config.width])
  const unexpected = [...left.keys()].filter((name) => !DERIVED.test(name) && !(tiedHead && name === HEAD))
  if (unexpected.length === 0) return { matched, tiedHead }
  const named = unexpected.slice(0, 5).join(', ')
  const more = unexpected.length > 5 ? ` and ${unexpected.length - 5} more` : ''
  throw importFailure(
    'IMPORT_TENSOR_UNEXPECTED',
    `The weights hold ${named}${more}, for which config.json has no place: this is another architecture.`,
    { tensors: unexpected },
  )
}

function shapeOnDisk({ name, shape }: ParameterSpec, storedRows: number): readonly number[] {
  return name === EMBEDDING || name === HEAD ? [storedRows, ...shape.slice(1)] : shape
}

function requireShape(name: string, { path, shape }: StoredTensor, expected: readonly number[]): void {
  if (shape.join() === expected.join()) return
  throw importFailure(
    'IMPORT_TENSOR_INVALID',
    `${path}: tensor ${name} is [${shape}], config.json makes it [${expected}].`,
    { file: path, tensor: name, shape, expected },
  )
}
