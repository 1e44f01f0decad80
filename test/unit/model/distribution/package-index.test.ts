import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../../model/checkpoint/manifest.ts'
import { chunkBytes, maxPackageBytes } from '../../../../model/distribution/chunks.ts'
import {
  encodeIndex,
  maxIndexBytes,
  type PackageIndex,
  parseIndex,
} from '../../../../model/distribution/package-index.ts'
import { endsCoded, hostileTexts } from '../../../helpers/hostile-json.ts'

const hash = (digit: string) => digit.repeat(64)
const file = (name: PackageIndex['files'][number]['name'], sizeBytes: number) => ({
  name,
  sizeBytes,
  sha256: hash('a'),
  chunks: Array.from({ length: Math.ceil(sizeBytes / chunkBytes) }, () => hash('b')),
})
const good: PackageIndex = {
  version: 1,
  manifestHash: `0x${hash('1')}`,
  parent: null,
  totalBytes: 60 + 2 * chunkBytes + 5,
  files: [
    file('manifest.json', 10),
    file('config.json', 20),
    file('tokenizer.json', 30),
    file('model.safetensors', 2 * chunkBytes + 5),
  ],
}
const delta: PackageIndex = {
  ...good,
  parent: { manifestHash: `0x${hash('2')}`, package: null },
  files: [...good.files.slice(0, 3), { ...good.files[3], name: 'model.delta' }],
}
const [manifest, config, tokenizer, weights] = good.files
const bytesOf = (value: unknown) => new TextEncoder().encode(canonicalJson(value))
const refusal = (bytes: Uint8Array) => {
  try {
    return parseIndex(bytes)
  } catch (error) {
    return error
  }
}

describe('a package index', () => {
  it.each([
    ['full', good],
    ['delta', delta],
  ])('comes back as it was written: %s', (_, index) => {
    expect(parseIndex(encodeIndex(index))).toEqual(index)
  })

  it('fits its limit at the largest package', () => {
    const rest = maxPackageBytes - 60
    const largest = {
      ...good,
      totalBytes: maxPackageBytes,
      files: [manifest, config, tokenizer, file('model.safetensors', rest)],
    }
    expect(encodeIndex(largest).length).toBeLessThan(maxIndexBytes)
    expect(parseIndex(encodeIndex(largest))).toEqual(largest)
  })

  it.each<[string, unknown]>([
    ['another version', { ...good, version: 2 }],
    ['an unknown field', { ...good, extra: 1 }],
    ['a manifest hash that is none', { ...good, manifestHash: '0x12' }],
    [
      'a path for a name',
      { ...good, files: [{ ...manifest, name: '../manifest.json' }, config, tokenizer, weights] },
    ],
    ['a file too few', { ...good, files: [manifest, config, weights], totalBytes: good.totalBytes - 30 }],
    [
      'a file twice',
      { ...good, files: [manifest, manifest, config, tokenizer, weights], totalBytes: good.totalBytes + 10 },
    ],
    [
      'weights and a delta',
      {
        ...good,
        files: [...good.files, { ...config, name: 'model.delta' }],
        totalBytes: good.totalBytes + 20,
      },
    ],
    ['a delta without a parent', { ...delta, parent: null }],
    ['whole weights with a parent', { ...good, parent: delta.parent }],
    ['a total that is not the sum', { ...good, totalBytes: good.totalBytes + 1 }],
    [
      'a chunk too many',
      { ...good, files: [{ ...manifest, chunks: [hash('b'), hash('b')] }, config, tokenizer, weights] },
    ],
    [
      'a chunk too few',
      { ...good, files: [manifest, config, tokenizer, { ...weights, chunks: [hash('b')] }] },
    ],
    [
      'a chunk hash in capitals',
      { ...good, files: [{ ...manifest, chunks: [hash('B')] }, config, tokenizer, weights] },
    ],
    [
      'an empty file',
      {
        ...good,
        files: [{ ...manifest, sizeBytes: 0, chunks: [] }, config, tokenizer, weights],
        totalBytes: good.totalBytes - 10,
      },
    ],
    [
      'a size beyond all bounds',
      {
        ...good,
        totalBytes: 2 ** 53,
        files: [manifest, config, tokenizer, { ...weights, sizeBytes: 2 ** 53 - 60 }],
      },
    ],
    [
      'a negative size',
      {
        ...good,
        files: [{ ...manifest, sizeBytes: -10, chunks: [] }, config, tokenizer, weights],
        totalBytes: good.totalBytes - 20,
      },
    ],
    [
      'more chunks than any package',
      { ...good, files: [manifest, config, tokenizer, { ...weights, chunks: Array(2100).fill(hash('b')) }] },
    ],
    ['nothing', null],
  ])('is refused with %s', (_, value) => {
    expect(refusal(bytesOf(value))).toMatchObject({ code: 'PACKAGE_INVALID' })
  })

  it('has one form only', () => {
    const spaced = new TextEncoder().encode(JSON.stringify(good, null, 1))
    expect(refusal(spaced)).toMatchObject({ code: 'PACKAGE_INVALID' })
    expect(refusal(new Uint8Array(maxIndexBytes + 1))).toMatchObject({ code: 'PACKAGE_INVALID' })
  })

  it('is one or is refused, whatever is put in its place', async () => {
    await fc.assert(
      fc.asyncProperty(hostileTexts(good), async (text) => {
        const bytes = new TextEncoder().encode(text)
        await endsCoded(() => expect(encodeIndex(parseIndex(bytes))).toEqual(bytes), ['PACKAGE_INVALID'])
      }),
      { seed: 4, numRuns: 2000 },
    )
  })
})
