import type { Overview, RevealState, ValidatorRow } from '../views.ts'
import { percent, tokens } from './format.ts'
import { Empty, Hex, Scroll, Section } from './parts.tsx'

export function ValidatorsSection({ overview }: { readonly overview: Overview }) {
  const { validators } = overview
  if (validators.length === 0) {
    return (
      <Section id="validators" title="Validators">
        <Empty>
          No validator has registered yet: <code>rollproof register --role validator</code>
        </Empty>
      </Section>
    )
  }
  return (
    <Section id="validators" title="Validators">
      <Scroll label="Validators">
        <table>
          <caption class="unseen">Validators with stake, reveals, evidence, trust and dividends</caption>
          <thead>
            <tr>
              <th scope="col">Validator</th>
              <th scope="col" class="n">
                Stake
              </th>
              <th scope="col" class="n">
                Power
              </th>
              <th scope="col">Reveals</th>
              <th scope="col">Evidence root</th>
              <th scope="col" class="n">
                Trust
              </th>
              <th scope="col" class="n">
                Dividend
              </th>
              <th scope="col" class="n">
                Paid
              </th>
            </tr>
          </thead>
          <tbody>
            {validators.map((validator) => (
              <Validator key={validator.uid} validator={validator} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  )
}

function Validator({ validator }: { readonly validator: ValidatorRow }) {
  const { uid, hotKey, standing, stake, power, evidenceRoot, trust, dividend, earned, claimed, abstained } =
    validator
  return (
    <tr>
      <th scope="row">
        Validator {uid}{' '}
        <span class="narrow-hidden">
          <Hex value={hotKey} />
        </span>
        {standing !== 'active' && <span class="tag">{standing}</span>}
      </th>
      <td class="n">{tokens(stake)}</td>
      <td class="n">{percent(power)}</td>
      <td>
        <Reveals reveals={validator.reveals} />
        {abstained && (
          <span class="muted small">
            abstained from epoch {abstained.epoch}: {abstained.why}
          </span>
        )}
      </td>
      <td>{evidenceRoot ? <Hex value={evidenceRoot} /> : '–'}</td>
      <td class="n">{trust === null ? '–' : percent(trust)}</td>
      <td class="n">{percent(dividend)}</td>
      <td class="n" title={`${earned} earned, ${claimed} claimed`}>
        {tokens(claimed)}
        {claimed !== earned && <span class="muted"> of {tokens(earned)}</span>}
      </td>
    </tr>
  )
}

const marks: Readonly<Record<RevealState, string>> = { revealed: '■', committed: '◧', missed: '✕', open: '□' }

/** A mark an epoch, oldest first; what is not well is also said. */
function Reveals({ reveals }: { readonly reveals: ValidatorRow['reveals'] }) {
  const shown = reveals.slice(-12)
  const count = (state: RevealState) => shown.filter((reveal) => reveal.state === state).length
  const missed = count('missed')
  return (
    <span class="reveals">
      <span aria-hidden="true">
        {shown.map(({ epoch, state }) => (
          <span key={epoch} class={state} title={`epoch ${epoch}: ${state}`}>
            {marks[state]}
          </span>
        ))}
      </span>
      <span class="unseen">
        {count('revealed')} revealed, {missed} missed, of {shown.length} epochs
      </span>
      {missed > 0 && <span class="bad small"> {missed} missed</span>}
    </span>
  )
}
