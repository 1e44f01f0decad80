import { between, createDraw, type Draw, pick } from '../protocol/draw.ts'
import type { Environment } from './environment.ts'
import { judgeNumericAnswer } from './numeric-answer.ts'
import { hashParameters } from './parameters.ts'

export type Operator = '+' | '-' | '*'

/** One step of the solution: `left operator right = result`; left is the result of the step before. */
export interface Step {
  readonly left: number
  readonly operator: Operator
  readonly right: number
  readonly result: number
}

export interface WordProblemData {
  readonly steps: readonly Step[]
  readonly answer: number
}

/**
 * No operand and no result exceeds this, and none is below 1. With two-digit sums a 344k-parameter policy reached
 * 57 % greedy after warm start and 52–54 % at temperature 1 after GRPO; larger numbers were not tried.
 */
export const MAX_VALUE = 50
const MAX_CHANGE = 15
const MAX_FACTOR = 4

/** Raise with every change of the texts or of the order of draws. */
const TEMPLATES_VERSION = 1

const PEOPLE = [
  { name: 'Tom', subject: 'he' },
  { name: 'Ben', subject: 'he' },
  { name: 'Sam', subject: 'he' },
  { name: 'Max', subject: 'he' },
  { name: 'Ann', subject: 'she' },
  { name: 'Eva', subject: 'she' },
  { name: 'Mia', subject: 'she' },
  { name: 'Zoe', subject: 'she' },
]
const THINGS = ['pens', 'books', 'cards', 'coins', 'shells', 'stones', 'apples', 'eggs']
const CONTAINERS = ['bags', 'boxes', 'jars', 'rows']
const GAINS = ['buys', 'finds', 'gets']
const LOSSES = ['sells', 'loses', 'gives away']

/**
 * Multi-step problems about one quantity: an opening (a count, `a boxes of b`, or two colours), then gains,
 * losses and multiples until there are two or three steps, then the question.
 */
export const wordProblems: Environment<WordProblemData> = {
  id: 'word-problems',
  parametersHash: hashParameters({
    environment: 'word-problems',
    templates: TEMPLATES_VERSION,
    maxValue: MAX_VALUE,
    maxChange: MAX_CHANGE,
    maxFactor: MAX_FACTOR,
    judge: 1,
  }),

  generate(seed) {
    const draw = createDraw(seed)
    const person = pick(draw, PEOPLE)
    const thing = pick(draw, THINGS)
    const wanted = between(draw, 2, 3)
    const opening = open(draw, thing)
    const steps: Step[] = opening.step === undefined ? [] : [opening.step]
    let text = `${person.name} has ${opening.text}.`
    let value = opening.value
    while (steps.length < wanted) {
      const step = change(draw, value)
      text += ` ${sentence(draw, person.subject, step)}.`
      steps.push(step)
      value = step.result
    }
    return { prompt: `${text} ${question(draw, thing, person.subject)}?\n`, data: { steps, answer: value } }
  },

  judge(problem, completion) {
    return judgeNumericAnswer({ numerator: BigInt(problem.data.answer), denominator: 1n }, completion)
  },
}

/** The steps, one a line, and the answer: what a perfect policy would write. */
export function writeSolution(steps: readonly Step[]): string {
  const lines = steps.map(({ left, operator, right, result }) => `${left}${operator}${right}=${result}\n`)
  return `${lines.join('')}#### ${steps[steps.length - 1].result}`
}

export function apply(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right
  return operator === '-' ? left - right : left * right
}

function makeStep(left: number, operator: Operator, right: number): Step {
  return { left, operator, right, result: apply(left, operator, right) }
}

function open(draw: Draw, thing: string): { text: string; value: number; step?: Step } {
  const kind = draw.below(3)
  if (kind === 0) {
    const value = between(draw, 2, 20)
    return { text: `${value} ${thing}`, value }
  }
  if (kind === 1) {
    const step = makeStep(between(draw, 2, 6), '*', between(draw, 2, 8))
    return {
      text: `${step.left} ${pick(draw, CONTAINERS)} of ${step.right} ${thing}`,
      value: step.result,
      step,
    }
  }
  const step = makeStep(between(draw, 2, 15), '+', between(draw, 2, 15))
  return { text: `${step.left} red and ${step.right} blue ${thing}`, value: step.result, step }
}

/** A change of `value` (1 … MAX_VALUE) that stays within those bounds, each possible operator equally likely. */
function change(draw: Draw, value: number): Step {
  const operators: Operator[] = []
  if (value < MAX_VALUE) operators.push('+')
  if (value > 1) operators.push('-')
  if (2 * value <= MAX_VALUE) operators.push('*')
  const operator = pick(draw, operators)
  if (operator === '+') return makeStep(value, '+', between(draw, 1, Math.min(MAX_CHANGE, MAX_VALUE - value)))
  if (operator === '-') return makeStep(value, '-', between(draw, 1, Math.min(MAX_CHANGE, value - 1)))
  return makeStep(value, '*', between(draw, 2, Math.min(MAX_FACTOR, Math.floor(MAX_VALUE / value))))
}

function sentence(draw: Draw, subject: string, step: Step): string {
  const Subject = subject === 'he' ? 'He' : 'She'
  if (step.operator === '+') return `${Subject} ${pick(draw, GAINS)} ${step.right} more`
  if (step.operator === '-') return `${Subject} ${pick(draw, LOSSES)} ${step.right}`
  return `Now ${subject} has ${step.right} times as many`
}

function question(draw: Draw, thing: string, subject: string): string {
  return draw.below(2) === 0 ? `How many ${thing} now` : `How many ${thing} does ${subject} have`
}
