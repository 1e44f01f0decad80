import { useState } from 'preact/hooks'
import type { Overview, WeightRow, Weights } from '../views.ts'
import { useResource } from './api.ts'
import { CrowdMap } from './crowd-map.tsx'
import { percent } from './format.ts'
import { Empty, Failed, Scroll, Section } from './parts.tsx'

/** A table with more columns is wider than any screen, and its figures are looked for in vain. */
const mostColumns = 24

export function WeightsSection({
  overview,
  version,
}: {
  readonly overview: Overview
  readonly version: string
}) {
  const { weighed } = overview
  const [chosen, setChosen] = useState<number | null>(null)
  const epoch = chosen !== null && weighed.includes(chosen) ? chosen : (weighed[0] ?? null)
  const { data, failure } = useResource<Weights>(epoch === null ? null : `weights/${epoch}`, version)
  const choice = epoch !== null && (
    <label>
      Epoch{' '}
      <select value={String(epoch)} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
        {weighed.map((settled) => (
          <option key={settled} value={String(settled)}>
            {settled}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <Section
      id="weights"
      title="Weights"
      note="what validators gave, cut to what a majority of stake gave at least"
      aside={choice}
    >
      {epoch === null && (
        <Empty>No epoch is settled yet: the first pays after its scores are revealed.</Empty>
      )}
      {failure && !data && <Failed failure={failure} />}
      {data &&
        (data.consensus.length > mostColumns ? <CrowdMap weights={data} /> : <HeatMap weights={data} />)}
      {data && <Cuts weights={data} />}
    </Section>
  )
}

function HeatMap({ weights }: { readonly weights: Weights }) {
  const { consensus, incentive, rows } = weights
  const most = Math.max(...rows.flatMap(({ given }) => given), ...incentive, 0.0001)
  return (
    <Scroll label="Weights by validator and miner">
      <table class="heat">
        <caption class="unseen">
          Weights of epoch {weights.epoch}: a row a validator, a column a miner
        </caption>
        <thead>
          <tr>
            <th scope="col">Validator</th>
            {consensus.map((_, uid) => (
              <th key={uid} scope="col" class="n">
                Miner {uid}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <HeatRow key={row.validator} row={row} most={most} />
          ))}
        </tbody>
        <tfoot>
          <SumRow name="Consensus" shares={consensus} />
          <SumRow name="Incentive" shares={incentive} />
        </tfoot>
      </table>
    </Scroll>
  )
}

function Cuts({ weights: { rows } }: { readonly weights: Weights }) {
  const cuts = rows.flatMap(({ given, clipped }) =>
    given.filter((weight, uid) => weight > (clipped[uid] ?? 0)),
  )
  return (
    <p class="muted small legend">
      {cuts.length === 0
        ? 'Nothing was clipped: validators agree.'
        : `${cuts.length} weights lie above consensus; the part marked so counts for nothing.`}
    </p>
  )
}

function HeatRow({ row, most }: { readonly row: WeightRow; readonly most: number }) {
  const { validator, power, given, clipped } = row
  return (
    <tr>
      <th scope="row">
        Validator {validator}{' '}
        <span class="muted small">{power === null ? 'no seat' : `${percent(power, 0)} of stake`}</span>
      </th>
      {given.map((weight, uid) => (
        <Cell key={uid} given={weight} clipped={clipped[uid] ?? 0} most={most} />
      ))}
    </tr>
  )
}

function Cell({
  given,
  clipped,
  most,
}: {
  readonly given: number
  readonly clipped: number
  readonly most: number
}) {
  const isCut = given > clipped
  const kept = given === 0 ? 100 : (100 * clipped) / given
  return (
    <td
      class={`n cell ${isCut ? 'cut' : ''}`}
      style={{ '--heat': `${Math.round((55 * given) / most)}%`, '--kept': `${kept.toFixed(1)}%` }}
    >
      {given === 0 ? <span class="muted">0</span> : percent(given)}
      {isCut && (
        <span class="small">
          {' '}
          <span aria-hidden="true">→</span>
          <span class="unseen">clipped to</span> {percent(clipped)}
        </span>
      )}
    </td>
  )
}

function SumRow({ name, shares }: { readonly name: string; readonly shares: readonly number[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {shares.map((share, uid) => (
        <td key={uid} class="n">
          {percent(share)}
        </td>
      ))}
    </tr>
  )
}
