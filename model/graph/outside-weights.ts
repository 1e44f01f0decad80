import type { OnnxInitializer } from '../onnx/encode.ts'
import { encodeGraph, type Graph } from './graph.ts'

/** A graph whose large constants are bytes of another file. */
export interface SplitGraph {
  /** ONNX bytes that name the other file. */
  readonly model: Uint8Array
  /** That file's bytes; asked for piece by piece, they need not all be there at once. */
  readonly weights: Iterable<Uint8Array>
  /** How many they are. */
  readonly length: number
}

/** Smaller constants stay: the engine wants to know them before it runs. */
const SMALLEST = 1 << 16
/** An engine maps a file into memory by pages. */
const PAGE = 4096

/** Bytes of constants that `splitGraph` would put outside. */
export function outsideBytes({ initializers }: Graph): number {
  return initializers.reduce((sum, { bytes }) => (bytes.length < SMALLEST ? sum : sum + bytes.length), 0)
}

/**
 * The same computation as `encodeGraph` gives, without its large constants in one byte string: protobuf ends at 2 GiB,
 * and an engine that parses it holds them several times over.
 * @param file name by which the model refers to the weights
 */
export function splitGraph(graph: Graph, file: string): SplitGraph {
  const outside: OnnxInitializer[] = []
  let offset = 0
  const initializers = graph.initializers.map((initializer) => {
    const { length } = initializer.bytes
    if (length < SMALLEST) return initializer
    outside.push(initializer)
    const bytes = { file, offset, length }
    offset += pages(length)
    return { ...initializer, bytes }
  })
  return { model: encodeGraph({ ...graph, initializers }), weights: inPages(outside), length: offset }
}

function* inPages(initializers: readonly OnnxInitializer[]): Generator<Uint8Array> {
  for (const { bytes } of initializers) {
    if (bytes instanceof Uint8Array) yield bytes
    else if ('pieces' in bytes) yield* bytes.pieces()
    yield new Uint8Array(pages(bytes.length) - bytes.length)
  }
}

function pages(length: number): number {
  return PAGE * Math.ceil(length / PAGE)
}
