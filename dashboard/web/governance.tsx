import type { Governance, ProposalPreview, ProposalRow } from '../views.ts'
import { useResource } from './api.ts'
import { plural, tokens } from './format.ts'
import { Empty, Failed, Hex, Scroll, Section } from './parts.tsx'

export function GovernanceSection({ version }: { readonly version: string }) {
  const { data, failure } = useResource<Governance>('governance', version)
  return (
    <Section id="governance" title="Governance">
      {failure && !data && <Failed failure={failure} />}
      {data?.proposals.length === 0 && (
        <Empty>
          Nothing was proposed yet. Token holders do with <code>rollproof govern propose</code>.
        </Empty>
      )}
      {data?.proposals.map((proposal) => (
        <Proposal key={proposal.id} proposal={proposal} />
      ))}
    </Section>
  )
}

function Proposal({ proposal }: { readonly proposal: ProposalRow }) {
  const { id, state, proposer, description, actions, changes, left, preview, noPreview } = proposal
  const [title, ...rest] = description.split('\n')
  return (
    <article class="proposal" aria-label={`Proposal: ${title}`}>
      <h3>{title || 'without a description'}</h3>
      <p class="muted">
        <span class={`tag ${stateClass(state)}`}>{state}</span>{' '}
        {left && `${plural(left.count, left.unit.slice(0, -1))} left, `}
        proposed by <Hex value={proposer} />, id <Hex value={id} />
      </p>
      {rest.join('\n').trim() && <p class="prompt">{rest.join('\n').trim()}</p>}
      {changes.length > 0 && (
        <table class="changes">
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col" class="n">
                Now
              </th>
              <th scope="col" class="n">
                Proposed
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ rule, from, to }) => (
              <tr key={rule}>
                <th scope="row">{rule}</th>
                <td class="n">{from}</td>
                <td class="n">
                  <strong>{to}</strong>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {actions.length > 0 && <p>Calls {actions.join(', ')}</p>}
      <Votes proposal={proposal} />
      {preview && <Preview preview={preview} />}
      {noPreview && <p class="muted small">No preview: {noPreview}</p>}
    </article>
  )
}

function stateClass(state: string): string {
  if (['executed', 'succeeded', 'queued'].includes(state)) return 'good'
  return ['defeated', 'canceled', 'expired'].includes(state) ? 'bad' : ''
}

function Votes({ proposal }: { readonly proposal: ProposalRow }) {
  const { votes, quorum } = proposal
  const missing = Number(quorum) - Number(votes.for) - Number(votes.abstain)
  return (
    <p class="votes">
      For {tokens(votes.for)}, against {tokens(votes.against)}, abstain {tokens(votes.abstain)}.{' '}
      {missing <= 0
        ? `Quorum of ${tokens(quorum)} reached.`
        : `${tokens(String(missing))} short of the quorum of ${tokens(quorum)}.`}
    </p>
  )
}

function Preview({ preview }: { readonly preview: ProposalPreview }) {
  const { epochs, gains, voided, unknown } = preview
  return (
    <>
      <h4>
        What epochs {epochs.first} to {epochs.last} would have paid
      </h4>
      <Scroll label="Preview of the proposal">
        <table>
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col" class="n">
                As it was
              </th>
              <th scope="col" class="n">
                As proposed
              </th>
              <th scope="col" class="n">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {gains.map(({ role, uid, before, after }) => (
              <tr key={`${role} ${uid}`}>
                <th scope="row">
                  {role} {uid}
                </th>
                <td class="n">{tokens(before)}</td>
                <td class="n">{tokens(after)}</td>
                <td class={`n ${Number(after) < Number(before) ? 'bad' : ''}`}>{changeOf(before, after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {voided.before !== voided.after && (
        <p class="muted small">
          {voided.before} epochs voided as it was, {voided.after} as proposed.
        </p>
      )}
      {unknown.map(({ rule, why }) => (
        <p key={rule} class="muted small">
          Not replayed: {rule}; {why}.
        </p>
      ))}
    </>
  )
}

function changeOf(before: string, after: string): string {
  const change = Number(after) - Number(before)
  if (change === 0) return 'none'
  if (Number(before) === 0) return 'new'
  return `${change > 0 ? '+' : ''}${((100 * change) / Number(before)).toFixed(1)} %`
}
