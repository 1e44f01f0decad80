import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatFrame } from '../../../../model/hub/chat-frame.ts'
import { readChatTemplate } from '../../../../model/hub/chat-template.ts'
import { ggufTokenizer } from '../../../../model/hub/gguf/gguf-tokenizer.ts'
import type { PolicyFiles } from '../../../../model/hub/policy-files.ts'
import { loadTokenizer } from '../../../../model/tokenizer/tokenizer.ts'
import vectors from '../../../vectors/gguf-tokenizers.json' with { type: 'json' }

const { tokenizerJson } = ggufTokenizer('x.gguf', {
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.pre': 'gpt-2',
  'tokenizer.ggml.tokens': vectors.tokens,
  'tokenizer.ggml.token_type': vectors.kinds,
  'tokenizer.ggml.merges': vectors.merges,
})
const tokenizer = loadTokenizer(tokenizerJson, 0)

/** As most published templates: a default system message, every message in its turn, then the assistant's. */
const CHAT = `{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nBe kind.<|end|>' }}{% endif %}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + eos_token }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`

function filesWith(template: string | null): PolicyFiles {
  const chat = template === null ? null : { template, names: { bos_token: '', eos_token: '<|end|>' } }
  return {
    path: 'x',
    config: {},
    tokenizerJson,
    endToken: 0,
    chat,
    tensors: new Map(),
    close: async () => {},
  }
}

describe('the frame of a chat template', () => {
  it('is what stands before and after a problem, its special tokens as such', async () => {
    const { before, after } = await chatFrame(filesWith(CHAT), null)
    const text = (words: string) => tokenizer.encode(words)
    expect(before).toEqual([1, ...text('system\nBe kind.'), 0, 1, ...text('user\n')])
    expect(after).toEqual([0, 1, ...text('assistant\n')])
  })

  it('holds the instruction in place of the template’s own', async () => {
    const { before } = await chatFrame(filesWith(CHAT), 'Count.')
    expect(before).toEqual([1, ...tokenizer.encode('system\nCount.'), 0, 1, ...tokenizer.encode('user\n')])
  })

  it('holds examples as earlier turns', async () => {
    const examples = [{ question: 'one?', answer: '1' }]
    const { before, after } = await chatFrame(filesWith(CHAT), 'Count.', examples)
    const turn = (role: string, words: string) => [1, ...tokenizer.encode(`${role}\n${words}`)]
    expect(before).toEqual([
      ...[...turn('system', 'Count.'), 0],
      ...[...turn('user', 'one?'), 0],
      ...[...turn('assistant', '1'), 0],
      ...turn('user', ''),
    ])
    expect(after).toEqual([0, ...turn('assistant', '')])
  })

  it('is refused of a template that leaves examples out', async () => {
    const last = filesWith('{{ messages[-1].content }}')
    await expect(chatFrame(last, null, [{ question: 'one?', answer: '1' }])).rejects.toMatchObject({
      code: 'IMPORT_CHAT_TEMPLATE',
      message: expect.stringContaining('one?'),
    })
  })

  it.each<[string, string | null, string | null, string]>([
    ['that is not there', null, null, 'no chat template'],
    ['that throws', "{{ raise_exception('only tools') }}", null, 'only tools'],
    ['that cannot be read', '{% for %}', null, 'failed'],
    ['that drops the problem', 'hello', null, 'once and unchanged'],
    ['that says it twice', '{{ messages[0].content }}{{ messages[0].content }}', null, 'once and unchanged'],
    ['that changes it', '{{ messages[0].content | upper }}', null, 'once and unchanged'],
    [
      'that depends on it',
      "{{ 'a' if '7' in messages[0].content else 'b' }}{{ messages[0].content }}",
      null,
      'once and unchanged',
    ],
    [
      'without a place for instructions',
      '{{ messages[-1].content }}',
      'Count.',
      'leaves the instruction out',
    ],
  ])('is refused of one %s', async (_, template, instruction, named) => {
    await expect(chatFrame(filesWith(template), instruction)).rejects.toMatchObject({
      code: 'IMPORT_CHAT_TEMPLATE',
      message: expect.stringContaining(named),
    })
  })
})

describe('the chat template of a directory', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'chat-'))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))
  const configured = (json: object) => writeFile(join(root, 'tokenizer_config.json'), JSON.stringify(json))

  it('is chat_template.jinja, or that of tokenizer_config.json, or none', async () => {
    expect(await readChatTemplate(root)).toBeNull()
    await configured({ bos_token: { content: '<s>' }, eos_token: '</s>', chat_template: 'inside' })
    const names = { bos_token: '<s>', eos_token: '</s>' }
    expect(await readChatTemplate(root)).toEqual({ template: 'inside', names })
    const several = [
      { name: 'tools', template: 'a' },
      { name: 'default', template: 'b' },
    ]
    await configured({ bos_token: null, chat_template: several })
    expect(await readChatTemplate(root)).toEqual({ template: 'b', names: { bos_token: '', eos_token: '' } })
    await writeFile(join(root, 'chat_template.jinja'), 'beside')
    expect((await readChatTemplate(root))?.template).toBe('beside')
  })

  it('is malformed where it is no text', async () => {
    await configured({ chat_template: 7 })
    await expect(readChatTemplate(root)).rejects.toMatchObject({ code: 'IMPORT_FILE_MALFORMED' })
  })
})
