/**
 * What changed between two arrays of words, each 4 bytes wide or the upper 2 of them: the gaps between changed
 * places as LEB128, then the differences in byte planes, so that a compressor meets like bytes side by side.
 */
export interface BodySize {
  readonly changed: number
  /** Of all gaps; the planes take as many bytes for every change as a word is wide. */
  readonly gapBytes: number
}

const GAP_BYTES = 5

/** Most bytes that `words` words can take. */
export function maxBodyBytes(words: number, width: 2 | 4): number {
  return words * (GAP_BYTES + width)
}

/** The first of two passes: a hundred million changes leave no room for a list of them. */
export function measureBody(parent: Uint32Array, child: Uint32Array): BodySize {
  let changed = 0
  let gapBytes = 0
  let next = 0
  for (let i = 0; i < child.length; i++) {
    if (parent[i] === child[i]) continue
    gapBytes += varintBytes(i - next)
    next = i + 1
    changed++
  }
  return { changed, gapBytes }
}

/** Fills `bytes`, which are as many as `measureBody` says. */
export function writeBody(
  parent: Uint32Array,
  child: Uint32Array,
  width: 2 | 4,
  { changed, gapBytes }: BodySize,
  bytes: Uint8Array,
): void {
  let at = 0
  let next = 0
  let plane = gapBytes
  for (let i = 0; i < child.length; i++) {
    if (parent[i] === child[i]) continue
    at = writeVarint(bytes, at, i - next)
    next = i + 1
    const difference = zigzag(wrap(place(child[i], width) - place(parent[i], width), width))
    for (let k = 0; k < width; k++) bytes[plane + k * changed] = difference >>> (8 * k)
    plane++
  }
}

/**
 * Turns the words of a parent into its child's, in place.
 * @throws RangeError when the body is not exactly `changed` changes within the words
 */
export function applyBody(words: Uint32Array, changed: number, bytes: Uint8Array, width: 2 | 4): void {
  const planesAt = bytes.length - width * changed
  if (planesAt < 0) throw new RangeError(`${bytes.length} bytes are too few for ${changed} changes`)
  let at = 0
  let next = 0
  for (let k = 0; k < changed; k++) {
    const gapBytes = lengthOfVarint(bytes, at, planesAt)
    const index = next + readVarint(bytes, at, gapBytes)
    at += gapBytes
    if (index >= words.length) throw new RangeError(`change ${k} lies at ${index} of ${words.length}`)
    next = index + 1
    let difference = 0
    for (let plane = 0; plane < width; plane++) {
      difference |= bytes[planesAt + plane * changed + k] << (8 * plane)
    }
    words[index] = fromPlace(place(words[index], width) + unzigzag(difference), width)
  }
  if (at !== planesAt) throw new RangeError(`${planesAt - at} bytes belong to no change`)
}

/** Where a float's bits stand in the order of all floats, so that near numbers differ by little. Modulo 2^32. */
function place(bits: number, width: 2 | 4): number {
  const ordered = bits >>> 31 ? ~bits : bits | 0x80000000
  return width === 4 ? ordered >>> 0 : ordered >>> 16
}

function fromPlace(place: number, width: 2 | 4): number {
  const ordered = width === 4 ? place : place << 16
  const bits = ordered >>> 31 ? ordered & 0x7fffffff : ~ordered
  return (width === 4 ? bits : bits & 0xffff0000) >>> 0
}

/** The shorter way round, as a signed number of `width` bytes. */
function wrap(difference: number, width: 2 | 4): number {
  return width === 4 ? difference | 0 : (difference << 16) >> 16
}

/** Small differences of either sign become small numbers. */
function zigzag(difference: number): number {
  return (difference << 1) ^ (difference >> 31)
}

function unzigzag(coded: number): number {
  return (coded >>> 1) ^ -(coded & 1)
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let left = value; left > 127; left = Math.floor(left / 128)) bytes++
  return bytes
}

/** @returns where the next one goes */
function writeVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes[at++] = (left % 128) + 128
  bytes[at++] = left
  return at
}

function lengthOfVarint(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < Math.min(to, from + GAP_BYTES); at++) {
    if (bytes[at] < 128) return at + 1 - from
  }
  throw new RangeError(`no whole number at byte ${from}`)
}

function readVarint(bytes: Uint8Array, from: number, length: number): number {
  let value = 0
  for (let at = from + length - 1; at >= from; at--) value = value * 128 + (bytes[at] % 128)
  return value
}
