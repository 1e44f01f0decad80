import { useEffect, useRef, useState } from 'preact/hooks'
import type { Derivation, DerivedCheck, JournalVerdict, RolloutDetail } from '../views.ts'
import { useResource } from './api.ts'
import { Completion } from './completion.tsx'
import { figure, words } from './format.ts'
import { Empty, Failed, Hex, Scroll } from './parts.tsx'
import { inWords } from './reasons.ts'

/** One rollout: what was answered, what was owed, and every check with its numbers. */
export function RolloutView({ name }: { readonly name: string }) {
  // A verdict does not change: it is derived once, and again only where that failed.
  const [attempt, setAttempt] = useState(0)
  const { data, failure } = useResource<RolloutDetail>(`rollout/${name}`, String(attempt))
  const failed = failure ?? data?.failure ?? null
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    heading.current?.scrollIntoView({ block: 'nearest' })
  }, [name])
  return (
    <article aria-busy={data === null && failure === null}>
      <h3 ref={heading} tabIndex={-1}>
        Rollout {name.replaceAll('-', '/')}
      </h3>
      {failed && <Failed failure={failed} />}
      {failed && (
        <button type="button" onClick={() => setAttempt(attempt + 1)}>
          Try again
        </button>
      )}
      {!data && !failure && <Empty>Fetching the bundle and running the policy …</Empty>}
      {data?.derived && <Derived derived={data.derived} />}
      {data && data.verdicts.length > 0 && <Verdicts verdicts={data.verdicts} />}
      <p class="muted small">
        On your own machine: <code>rollproof explain {name.replaceAll('-', '/')}</code>
      </p>
    </article>
  )
}

function Derived({ derived }: { readonly derived: Derivation }) {
  const { reason, check, checks, prompt, tokens, difference } = derived
  return (
    <>
      <p class={`verdict ${reason ? 'bad' : 'good'}`}>
        {reason ? (
          <>
            <strong>{reason}</strong> {inWords(reason)}
          </>
        ) : (
          <strong>The rollout that this miner owed</strong>
        )}
      </p>
      {prompt !== null && (
        <>
          <h4>Prompt</h4>
          <p class="prompt">{prompt.trim()}</p>
          <h4>Completion</h4>
          <Completion tokens={tokens} difference={difference} />
        </>
      )}
      <h4>Checks</h4>
      <Checks checks={checks} decisive={check} />
      <p class="muted small">
        Derived here from chain, beacon, bundle and checkpoint <Hex value={derived.policy} />, window seed{' '}
        <Hex value={derived.windowSeed} />. {selectionWords(derived.selection)}
      </p>
    </>
  )
}

function selectionWords(selection: Derivation['selection']): string {
  if (!selection) return 'The whole bundle is refused.'
  const { shared, validators } = selection
  if (shared) return 'The beacon chose it for every validator.'
  if (validators.length > 0) return `The beacon chose it for validator ${validators.join(', ')}.`
  return 'No beacon chose it: only who suspects this miner ran the model on it.'
}

function Checks({
  checks,
  decisive,
}: {
  readonly checks: readonly DerivedCheck[]
  readonly decisive: string | null
}) {
  return (
    <Scroll label="Checks with their numbers">
      <table class="checks">
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Outcome</th>
            <th scope="col">Numbers</th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ check, passed, numbers }) => (
            <tr key={check} class={check === decisive ? 'decisive' : ''}>
              <th scope="row">{check}</th>
              <td class={passed === false ? 'bad' : passed ? 'good' : 'muted'}>
                {passed === null
                  ? 'not reached'
                  : passed
                    ? 'passed'
                    : check === decisive
                      ? 'failed first'
                      : 'failed'}
              </td>
              <td>
                <Numbers numbers={numbers} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Numbers({ numbers }: { readonly numbers: Readonly<Record<string, number | string>> }) {
  return (
    <ul class="numbers">
      {Object.entries(numbers).map(([name, value]) => (
        <li key={name} title={String(value)}>
          <span class="muted">{words(name)}</span> {figure(value)}
        </li>
      ))}
    </ul>
  )
}

function Verdicts({ verdicts }: { readonly verdicts: readonly JournalVerdict[] }) {
  return (
    <>
      <h4>In validators’ journals</h4>
      <ul class="journal">
        {verdicts.map(({ validator, accepted, reason, numbers }) => (
          <li key={validator}>
            Validator {validator}:{' '}
            <span class={accepted ? 'good' : 'bad'}>{accepted ? 'accepted' : reason}</span>
            {!accepted && <Numbers numbers={numbers} />}
          </li>
        ))}
      </ul>
    </>
  )
}
