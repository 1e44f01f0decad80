import { encodeWithSpecials } from '../tokenizer/tokenizer.ts'
import type { Example } from './examples.ts'
import { importFailure } from './failure.ts'
import type { Frame } from './frame.ts'
import type { PolicyFiles } from './policy-files.ts'

/** Problems that no template contains and no filter changes; two, so that a template cannot know them. */
const PROBES = ['7 probes sold 48 clips', '9 others ate 31 plums'] as const

/**
 * What a chat template puts before and after a problem, as tokens. The template is run here and never again: miners and
 * validators agree on tokens, not on a program.
 * @param instruction the system's message; null for none
 * @param examples earlier turns of the conversation
 * @throws SubnetError IMPORT_CHAT_TEMPLATE
 */
export async function chatFrame(
  { path, chat, tokenizerJson }: PolicyFiles,
  instruction: string | null,
  examples: readonly Example[] = [],
): Promise<Frame> {
  const refuse = (reason: string, cause?: unknown) =>
    importFailure('IMPORT_CHAT_TEMPLATE', `${path}: ${reason}.`, { path }, cause)
  if (chat === null) throw refuse('there is no chat template')
  const { Template } = await import('@huggingface/jinja')
  const system = instruction === null ? [] : [{ role: 'system', content: instruction }]
  const turns = examples.flatMap(({ question, answer }) => [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ])
  const [first, second] = PROBES.map((probe) => {
    try {
      const messages = [...system, ...turns, { role: 'user', content: probe }]
      const said = new Template(chat.template).render({
        messages,
        add_generation_prompt: true,
        ...chat.names,
      })
      return said.split(probe)
    } catch (cause) {
      throw refuse(`its chat template failed (${(cause as Error).message})`, cause)
    }
  })
  if (first.length !== 2 || first.join('\n') !== second.join('\n')) {
    throw refuse('its chat template does not hold a problem once and unchanged')
  }
  if (instruction !== null && !first.join('').includes(instruction.trim())) {
    throw refuse('its chat template leaves the instruction out')
  }
  const leftOut = examples.find(
    ({ question, answer }) => !first[0].includes(question) || !first[0].includes(answer),
  )
  if (leftOut) throw refuse(`its chat template leaves out the example ${JSON.stringify(leftOut.question)}`)
  const [before, after] = first.map((text) => encodeWithSpecials(tokenizerJson, text))
  return { before, after }
}
