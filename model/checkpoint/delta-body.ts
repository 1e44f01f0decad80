/**
 * What changed between two arrays of words, each 4 bytes wide or the upper 2 of them: the gaps between changed
 * places as LEB128, then the differences in byte planes, so that a compressor meets like bytes side by side.
 */
export interface DeltaBody {
  readonly changed: number
  readonly bytes: Uint8Array
}

const GAP_BYTES = 5

/** Most bytes that `words` words can take. */
export function maxBodyBytes(words: number, width: 2 | 4): number {
  return words * (GAP_BYTES + width)
}

export function encodeBody(parent: Uint32Array, child: Uint32Array, width: 2 | 4): DeltaBody {
  const gaps: number[] = []
  const differences: number[] = []
  let next = 0
  for (let i = 0; i < child.length; i++) {
    if (parent[i] === child[i]) continue
    writeVarint(gaps, i - next)
    next = i + 1
    differences.push(zigzag(wrap(place(child[i], width) - place(parent[i], width), width)))
  }
  const planes = new Uint8Array(width * differences.length)
  differences.forEach((difference, k) => {
    for (let plane = 0; plane < width; plane++) {
      planes[plane * differences.length + k] = difference >>> (8 * plane)
    }
  })
  const bytes = new Uint8Array(gaps.length + planes.length)
  bytes.set(gaps)
  bytes.set(planes, gaps.length)
  return { changed: differences.length, bytes }
}

/**
 * The child of `parent`, a new array.
 * @throws RangeError when the body is not exactly `changed` changes within the parent
 */
export function applyBody(parent: Uint32Array, { changed, bytes }: DeltaBody, width: 2 | 4): Uint32Array {
  const planesAt = bytes.length - width * changed
  if (planesAt < 0) throw new RangeError(`${bytes.length} bytes are too few for ${changed} changes`)
  const child = parent.slice()
  let at = 0
  let next = 0
  for (let k = 0; k < changed; k++) {
    const gap = readVarint(bytes, at, planesAt)
    at = gap.end
    const index = next + gap.value
    if (index >= parent.length) throw new RangeError(`change ${k} lies at ${index} of ${parent.length}`)
    next = index + 1
    let difference = 0
    for (let plane = 0; plane < width; plane++) {
      difference |= bytes[planesAt + plane * changed + k] << (8 * plane)
    }
    child[index] = fromPlace(place(parent[index], width) + unzigzag(difference), width)
  }
  if (at !== planesAt) throw new RangeError(`${planesAt - at} bytes belong to no change`)
  return child
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

function writeVarint(bytes: number[], value: number): void {
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128)
  bytes.push(left)
}

function readVarint(bytes: Uint8Array, from: number, to: number): { value: number; end: number } {
  let value = 0
  let scale = 1
  for (let at = from; at < Math.min(to, from + GAP_BYTES); at++) {
    value += (bytes[at] % 128) * scale
    if (bytes[at] < 128) return { value, end: at + 1 }
    scale *= 128
  }
  throw new RangeError(`no whole number at byte ${from}`)
}
