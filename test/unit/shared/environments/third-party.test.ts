import type { Environment } from '../../../../shared/environments/environment.ts'
import { judgeNumericAnswer } from '../../../../shared/environments/numeric-answer.ts'
import { hashParameters } from '../../../../shared/environments/parameters.ts'
import { between, createDraw } from '../../../../shared/protocol/draw.ts'
import { describeEnvironment } from '../../../helpers/environment-suite.ts'

const MAX = 50

/** The example of docs/environments.md, kept equal to it: an environment from outside passes the suite. */
const sums: Environment<{ left: number; right: number }> = {
  id: 'sums',
  parametersHash: hashParameters({ environment: 'sums', max: MAX, version: 1 }),
  generate(seed) {
    const draw = createDraw(seed)
    const data = { left: between(draw, 1, MAX), right: between(draw, 1, MAX) }
    return { prompt: `${data.left}+${data.right}?\n`, data }
  },
  judge({ data }, completion) {
    const answer = { numerator: BigInt(data.left + data.right), denominator: 1n }
    return judgeNumericAnswer(answer, completion)
  },
}

describeEnvironment(sums, {
  solve: ({ data }) => `#### ${data.left + data.right}`,
  malformed: ['15', '#### fifteen'],
  maxPromptBytes: 16,
})
