import type { Hex } from 'viem'
import type { ArchitectureConfig } from '../architecture/config.ts'
import { buildDecodeGraph, buildScoreGraph, type WeightTensors } from '../architecture/inference-graphs.ts'
import type { NumericsProfile } from '../engine/engine.ts'
import { encodeGraphInPieces } from '../graph/graph.ts'
import { tokenTableOf } from '../tokenizer/token-table.ts'
import { sha256, sha256OfPieces } from './hash.ts'
import { hashManifest, type Manifest } from './manifest.ts'
import { numericsOf, numericsUnder } from './numerics.ts'
import { encodeSafetensorsInPieces } from './safetensors.ts'

/** A policy in memory, its hashes verified or computed here. */
export interface Checkpoint {
  readonly manifest: Manifest
  readonly manifestHash: Hex
  readonly config: ArchitectureConfig
  readonly configJson: string
  readonly weights: WeightTensors
  readonly tokenizerJson: string
}

export interface CheckpointParts {
  readonly config: ArchitectureConfig
  readonly configJson: string
  readonly weights: WeightTensors
  readonly tokenizerJson: string
  readonly sampling: Manifest['sampling']
  readonly environment: Manifest['environment']
  /** What is promised of its numbers: as `numericsOf` a profile, or as a calibration of this policy supports. */
  readonly numerics: Manifest['numerics']
  readonly parent: Hex | null
}

/** Names a new policy: hashes its files and the graphs built from them, without a copy of the weights. */
export function createCheckpoint(parts: CheckpointParts): Checkpoint {
  const { config, configJson, weights, tokenizerJson, sampling, environment, numerics, parent } = parts
  const { temperature } = sampling
  const manifest: Manifest = {
    version: 1,
    weights: sha256OfPieces(encodeSafetensorsInPieces(weights)),
    tokenizer: sha256(tokenizerJson),
    ...tokenTableEntry(tokenizerJson),
    architecture: sha256(configJson),
    graphs: {
      decode: sha256OfPieces(encodeGraphInPieces(buildDecodeGraph(config, weights, temperature))),
      score: sha256OfPieces(encodeGraphInPieces(buildScoreGraph(config, weights, temperature))),
    },
    sampling,
    environment,
    parent,
    ...numericsOf(numerics.profile),
    numerics,
  }
  return { manifest, manifestHash: hashManifest(manifest), config, configJson, weights, tokenizerJson }
}

/**
 * The same weights, graphs and sampling under another environment or numerics profile: another policy to the
 * chain, for the cost of one hash. Under the profile that it has, it keeps its own tolerances.
 */
export function deriveCheckpoint(
  checkpoint: Checkpoint,
  changes: { readonly environment?: Manifest['environment']; readonly profile?: NumericsProfile },
): Checkpoint {
  const manifest: Manifest = {
    ...checkpoint.manifest,
    ...tokenTableEntry(checkpoint.tokenizerJson),
    ...(changes.environment === undefined ? {} : { environment: changes.environment }),
    ...(changes.profile === undefined ? {} : numericsUnder(checkpoint.manifest, changes.profile)),
  }
  return { ...checkpoint, manifest, manifestHash: hashManifest(manifest) }
}

function tokenTableEntry(tokenizerJson: string): Pick<Manifest, 'tokenTable'> {
  const table = tokenTableOf(tokenizerJson)
  return table ? { tokenTable: table.root } : {}
}
