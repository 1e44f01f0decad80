import type { MinerRow, Overview } from '../views.ts'
import { percent, tokens, whole } from './format.ts'
import { Empty, Hex, Scroll, Section, Spark } from './parts.tsx'
import { inWords } from './reasons.ts'
import { addressOf } from './use-hash.ts'

export function MinersSection({ overview }: { readonly overview: Overview }) {
  const { miners, journals } = overview
  if (miners.length === 0) {
    return (
      <Section id="miners" title="Miners">
        <Empty>
          No miner has registered yet: <code>rollproof register --role miner</code>
        </Empty>
      </Section>
    )
  }
  return (
    <Section id="miners" title="Miners">
      <Scroll label="Miners">
        <table>
          <caption class="unseen">Miners with audits, verdicts, score, incentive and pay</caption>
          <thead>
            <tr>
              <th scope="col">Miner</th>
              <th scope="col" class="n">
                Windows
              </th>
              <th scope="col" class="n">
                Rollouts
              </th>
              <th scope="col" class="n">
                Audited
              </th>
              <th scope="col" class="n">
                Accepted
              </th>
              <th scope="col" class="n">
                Rejected
              </th>
              <th scope="col" class="n">
                Score
              </th>
              <th scope="col" class="n">
                Incentive
              </th>
              <th scope="col" class="n">
                Paid
              </th>
              <th scope="col">Rejected for</th>
            </tr>
          </thead>
          <tbody>
            {miners.map((miner) => (
              <Miner key={miner.uid} miner={miner} hasJournals={journals > 0} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {journals === 0 && (
        <Empty>
          Audits and verdicts lie in validators’ journals, and none is at hand. Start the dashboard with{' '}
          <code>--data-dir</code> of a validator to see them.
        </Empty>
      )}
    </Section>
  )
}

function Miner({ miner, hasJournals }: { readonly miner: MinerRow; readonly hasJournals: boolean }) {
  const { uid, standing, rejected, disputed, score, incentives, incentive, earned, claimed } = miner
  const known = (count: number) => (hasJournals ? whole(count) : '–')
  return (
    <tr class={rejected > 0 ? 'faulty' : ''}>
      <th scope="row">
        <a href={addressOf({ miner: String(uid), rollout: null })}>Miner {uid}</a>{' '}
        <span class="narrow-hidden">
          <Hex value={miner.hotKey} />
        </span>
        {standing !== 'active' && <span class="tag">{standing}</span>}
      </th>
      <td class="n">{miner.windows}</td>
      <td class="n">{whole(miner.rollouts)}</td>
      <td class="n">{known(miner.audited)}</td>
      <td class="n">{known(miner.accepted)}</td>
      <td class={`n ${rejected > 0 ? 'bad' : ''}`}>{known(rejected)}</td>
      <td class="n">{score === null ? '–' : whole(score)}</td>
      <td class="n">
        <Spark shares={incentives} label="by epoch" /> {percent(incentive)}
      </td>
      <td class="n" title={`${earned} earned, ${claimed} claimed`}>
        {tokens(claimed)}
        {claimed !== earned && <span class="muted"> of {tokens(earned)}</span>}
      </td>
      <td>
        <ul class="reasons">
          {Object.entries(miner.reasons).map(([reason, count]) => (
            <li key={reason} title={inWords(reason)}>
              <code>{reason}</code> ×{whole(count)}
            </li>
          ))}
          {disputed > 0 && <li>validators disagree on {whole(disputed)}</li>}
        </ul>
      </td>
    </tr>
  )
}
