import type { PolicySession, TeacherForced } from '../../../model/session.ts'
import type { Distribution } from '../../../shared/protocol/distribution.ts'

/** float32 held before all are forgotten: half a gigabyte, several windows of a small policy, two of a large one. */
const MOST_NUMBERS = 2 ** 27

/**
 * Scores a row once. Three validators and an audit in full ask for the same rows, and a row has the same bits whatever
 * it is scored with: what they would compute again is what they are given.
 */
export function rememberScores(session: PolicySession): PolicySession {
  let known = new Map<string, readonly Distribution[]>()
  let held = 0

  async function learn(rows: ReadonlyMap<string, TeacherForced>): Promise<void> {
    const found: Distribution[][] = [...rows].map(() => [])
    await session.score([...rows.values()], (row, _step, { logits, probabilities, logProbabilities }) => {
      found[row].push({
        logits: logits.slice(),
        probabilities: probabilities.slice(),
        logProbabilities: logProbabilities.slice(),
      })
      held += 3 * logits.length
    })
    for (const [index, key] of [...rows.keys()].entries()) known.set(key, found[index])
  }

  return {
    ...session,
    async score(rows, visit) {
      if (held > MOST_NUMBERS) {
        known = new Map()
        held = 0
      }
      const keys = rows.map(({ prompt, completion }) => `${prompt.join()}/${completion.join()}`)
      const unknown = keys.flatMap((key, index) => (known.has(key) ? [] : [[key, rows[index]] as const]))
      if (unknown.length > 0) await learn(new Map(unknown))
      for (const [row, key] of keys.entries()) {
        for (const [step, at] of (known.get(key) ?? []).entries()) visit(row, step, at)
      }
    },
  }
}
