import type { Difference, ShownToken } from '../views.ts'
import { chance, visible } from './format.ts'
import { Scroll } from './parts.tsx'

/** Token by token, the less likely the darker; where a token is not the owed one, both. */
export function Completion({
  tokens,
  difference,
}: {
  readonly tokens: readonly ShownToken[]
  readonly difference: Difference | null
}) {
  return (
    <>
      <p class="completion">
        {tokens.map((token, position) => (
          <Token key={position} token={token} position={position} difference={difference} />
        ))}
      </p>
      {difference && <OwedAndGiven difference={difference} />}
      <p class="muted small legend">
        Shade: <span class="token s0">likely</span> <span class="token s2">10 %</span>{' '}
        <span class="token s4">unlikely</span>, as the miner declared it.
      </p>
      <details>
        <summary>The tokens as a table</summary>
        <Scroll label="Tokens">
          <table>
            <thead>
              <tr>
                <th scope="col" class="n">
                  Position
                </th>
                <th scope="col">Token</th>
                <th scope="col" class="n">
                  Log-probability
                </th>
                <th scope="col" class="n">
                  Probability
                </th>
              </tr>
            </thead>
            <tbody>
              {tokens.map(({ text, logProbability }, position) => (
                <tr key={position}>
                  <td class="n">{position}</td>
                  <td>
                    <code>{visible(text)}</code>
                  </td>
                  <td class="n">{logProbability.toFixed(4)}</td>
                  <td class="n">{chance(Math.exp(logProbability))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </>
  )
}

function Token({
  token,
  position,
  difference,
}: {
  readonly token: ShownToken
  readonly position: number
  readonly difference: Difference | null
}) {
  const { text, logProbability } = token
  const title = `token ${position}, ${chance(Math.exp(logProbability))}`
  const lineEnd = text.endsWith('\n') ? '\n' : ''
  if (difference?.position !== position) {
    return (
      <>
        <span class={`token s${shadeOf(logProbability)}`} title={title}>
          {visible(text)}
        </span>
        {lineEnd}
      </>
    )
  }
  return (
    <>
      <del class="token given" title={`given: ${title}`}>
        {visible(text)}
      </del>
      <ins class="token owed" title={`owed: ${chance(difference.owed.probability)}`}>
        {visible(difference.owed.text)}
      </ins>
      {lineEnd}
    </>
  )
}

/** 0 for the likely … 4 for what comes once in a hundred or less. */
export function shadeOf(logProbability: number): number {
  const bounds = [0.5, 0.2, 0.05, 0.01]
  const found = bounds.findIndex((bound) => Math.exp(logProbability) >= bound)
  return found < 0 ? bounds.length : found
}

function OwedAndGiven({ difference }: { readonly difference: Difference }) {
  const { position, owed, given } = difference
  return (
    <dl class="facts">
      <div>
        <dt>Position</dt>
        <dd>{position}</dd>
      </div>
      <div>
        <dt>Owed</dt>
        <dd>
          <code class="token owed">{visible(owed.text)}</code> {chance(owed.probability)}
        </dd>
      </div>
      <div>
        <dt>Given</dt>
        <dd>
          <code class="token given">{visible(given.text)}</code> {chance(given.probability)}
        </dd>
      </div>
    </dl>
  )
}
