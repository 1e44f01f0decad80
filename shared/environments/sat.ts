import { between, createDraw, type Draw } from '../protocol/draw.ts'
import { type Environment, PPM } from './environment.ts'
import { MALFORMED } from './numeric-answer.ts'
import { hashParameters } from './parameters.ts'

/** 2 * variable, plus 1 where negated. */
type Literal = number
type Clause = readonly [Literal, Literal, Literal]

export interface SatData {
  /** Numbered from 0. */
  readonly variables: number
  /** Literals in ascending order, their variables distinct. */
  readonly clauses: readonly Clause[]
  /** An assignment that satisfies every clause; bit i is variable i. Others may as well. */
  readonly witness: number
}

const MIN_VARIABLES = 3
const MAX_VARIABLES = 10
const MIN_CLAUSES = 5
const MAX_CLAUSES = 20

/**
 * Random satisfiable 3-SAT. With `below` as in draw.ts, the draws are, in order:
 *
 * 1. variables n = 3 + below(8)
 * 2. clauses m = 5 + below(16)
 * 3. hidden assignment h = below(2^n); bit i is variable i
 * 4. per clause one x = below(7 n (n-1) (n-2)), taken apart by division:
 *    a = x mod n, x = x / n; b = x mod (n-1), x = x / (n-1); c = x mod (n-2), pattern = 1 + x / (n-2).
 *    b counts among the variables other than a, c among those other than a and b, so all three are distinct;
 *    they are then sorted. Bit k of the pattern (1 … 7) says whether the k-th literal is true under h: never
 *    all false, hence every clause is satisfied by h.
 *
 * At most 23 draws: a contract can repeat them from the seed.
 *
 * Prompt: `SAT n: c c c\n`, a clause being its three variables as digits, `!` before a negated one.
 * Completion: every variable from 0 to n-1 as a digit, `!` before it where false, and nothing else: `0!12!34`.
 */
export const sat: Environment<SatData> = {
  id: 'sat',
  parametersHash: hashParameters({
    environment: 'sat',
    derivation: 1,
    variables: `${MIN_VARIABLES}-${MAX_VARIABLES}`,
    clauses: `${MIN_CLAUSES}-${MAX_CLAUSES}`,
    judge: 1,
  }),

  generate(seed) {
    const draw = createDraw(seed)
    const variables = between(draw, MIN_VARIABLES, MAX_VARIABLES)
    const count = between(draw, MIN_CLAUSES, MAX_CLAUSES)
    const witness = draw.below(1 << variables)
    const clauses = Array.from({ length: count }, () => drawClause(draw, variables, witness))
    const written = clauses.map((clause) => clause.map(writeLiteral).join(''))
    return { prompt: `SAT ${variables}: ${written.join(' ')}\n`, data: { variables, clauses, witness } }
  },

  judge({ data }, completion) {
    const assignment = parseAssignment(completion, data.variables)
    if (assignment === undefined) return MALFORMED
    const satisfied = data.clauses.filter((clause) => isSatisfied(clause, assignment)).length
    const correctness = satisfied === data.clauses.length ? PPM : 0
    return {
      reward: correctness,
      correctness,
      reasoning: 0,
      satisfaction: Math.floor((satisfied * PPM) / data.clauses.length),
    }
  },
}

/** bit i of `assignment` is variable i. */
export function writeAssignment(variables: number, assignment: number): string {
  return Array.from({ length: variables }, (_, v) =>
    writeLiteral(2 * v + (1 - ((assignment >> v) & 1))),
  ).join('')
}

function drawClause(draw: Draw, n: number, witness: number): Clause {
  let x = draw.below(7 * n * (n - 1) * (n - 2))
  const a = x % n
  x = Math.floor(x / n)
  let b = x % (n - 1)
  x = Math.floor(x / (n - 1))
  let c = x % (n - 2)
  const pattern = 1 + Math.floor(x / (n - 2))
  if (b >= a) b++
  if (c >= Math.min(a, b)) c++
  if (c >= Math.max(a, b)) c++
  const literal = (variable: number, k: number): Literal => {
    const wantedTrue = (pattern >> k) & 1
    const value = (witness >> variable) & 1
    return 2 * variable + (value === wantedTrue ? 0 : 1)
  }
  const [low, middle, high] = [a, b, c].sort((left, right) => left - right)
  return [literal(low, 0), literal(middle, 1), literal(high, 2)]
}

function writeLiteral(literal: Literal): string {
  return `${literal & 1 ? '!' : ''}${literal >> 1}`
}

function isSatisfied(clause: Clause, assignment: number): boolean {
  return clause.some((literal) => ((assignment >> (literal >> 1)) & 1) !== (literal & 1))
}

function parseAssignment(text: string, variables: number): number | undefined {
  let assignment = 0
  let at = 0
  for (let variable = 0; variable < variables; variable++) {
    const negated = text[at] === '!'
    if (negated) at++
    if (text[at++] !== String(variable)) return undefined
    if (!negated) assignment |= 1 << variable
  }
  return at === text.length ? assignment : undefined
}
