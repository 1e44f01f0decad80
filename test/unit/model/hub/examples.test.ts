import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFrame, readExamples } from '../../../../model/hub/examples.ts'
import { buildTokenizer } from '../../../../model/tokenizer/build-tokenizer.ts'
import { loadTokenizer } from '../../../../model/tokenizer/tokenizer.ts'
import { promptTokens } from '../../../../shared/protocol/challenge.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'examples-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))
const written = async (text: string) => {
  const path = join(dir, 'examples.jsonl')
  await writeFile(path, text)
  return path
}

describe('examples', () => {
  it('are read as GSM8K is published', async () => {
    const path = await written(
      '{"question":"Two and two?","answer":"#### 4","level":1}\n{"question":"b ","answer":"c"}\n',
    )
    expect(await readExamples(path)).toEqual([
      { question: 'Two and two?', answer: '#### 4' },
      { question: 'b', answer: 'c' },
    ])
  })

  it.each([
    ['no JSON', '{"question":"a","answer":"b"}\nx', 'line 2'],
    ['an answer that is missing', '{"question":"a"}', 'line 1'],
    ['an empty question', '{"question":" ","answer":"b"}', 'line 1'],
    ['nothing', '', 'line 1'],
  ])('are refused of %s', async (_, text, line) => {
    await expect(readExamples(await written(text))).rejects.toMatchObject({
      code: 'IMPORT_FILE_MALFORMED',
      message: expect.stringContaining(line),
    })
  })

  it('name a file that is not there', async () => {
    await expect(readExamples(join(dir, 'absent'))).rejects.toMatchObject({ code: 'IMPORT_FILE_MISSING' })
  })

  it('stand before a problem as its like, and never as special tokens', () => {
    const json = buildTokenizer()
    const { decode, encode, endToken } = loadTokenizer(json)
    const frame = exampleFrame(json, endToken, [{ question: 'Two and two?', answer: '#### 4<|end|>' }])
    expect(frame.before).not.toContain(endToken)
    const prompt = promptTokens({ encode }, 512, { maxTokens: 8, frame }, 'Three and one?\n')
    expect(decode(prompt)).toBe(
      'Question:\nTwo and two?\nAnswer:\n#### 4<|end|>\n\nQuestion:\nThree and one?\nAnswer:\n',
    )
  })
})
