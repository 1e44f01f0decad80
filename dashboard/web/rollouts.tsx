import { useState } from 'preact/hooks'
import type { Overview, RolloutPage, RolloutRow } from '../views.ts'
import { useResource } from './api.ts'
import { plural } from './format.ts'
import { Empty, Failed, Scroll, Section } from './parts.tsx'
import { RolloutView } from './rollout.tsx'
import { addressOf, type Place, usePlace } from './use-hash.ts'

export function RolloutsSection({
  overview,
  version,
}: {
  readonly overview: Overview
  readonly version: string
}) {
  const place = usePlace()
  const [only, setOnly] = useState<'all' | 'rejected'>('all')
  const [page, setPage] = useState(0)
  const { data, failure } = useResource<RolloutPage>(`rollouts/${place.miner}/${only}/${page}`, version)
  const choose = (miner: string) => {
    setPage(0)
    location.hash = addressOf({ miner, rollout: place.rollout })
  }
  const filters = (
    <>
      <label>
        Miner{' '}
        <select value={place.miner} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="all">all</option>
          {overview.miners.map(({ uid }) => (
            <option key={uid} value={String(uid)}>
              {uid}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={only === 'rejected'}
          onChange={(event) => {
            setPage(0)
            setOnly(event.currentTarget.checked ? 'rejected' : 'all')
          }}
        />{' '}
        only rejected
      </label>
    </>
  )
  return (
    <Section id="rollouts" title="Rollouts" aside={filters}>
      <div class="split">
        <div class="list">
          {failure && !data && <Failed failure={failure} />}
          {data?.total === 0 && <Empty>{emptyWords(overview, only)}</Empty>}
          {data && data.total > 0 && <RolloutList page={data} place={place} />}
          {data && data.total > 0 && <Pager page={data} onPage={setPage} />}
        </div>
        <div class="view">
          {place.rollout === null ? (
            <Empty>Choose a rollout to see its tokens, its verdict and the numbers that decided it.</Empty>
          ) : (
            <RolloutView name={place.rollout} />
          )}
        </div>
      </div>
    </Section>
  )
}

function emptyWords({ journals }: Overview, only: 'all' | 'rejected'): string {
  if (journals === 0) return 'No journal is at hand: start the dashboard with --data-dir of a validator.'
  return only === 'rejected'
    ? 'Nothing was rejected.'
    : 'Nothing was audited yet: audits begin at a window’s deadline.'
}

function RolloutList({ page, place }: { readonly page: RolloutPage; readonly place: Place }) {
  return (
    <Scroll label="Audited rollouts">
      <table>
        <caption class="unseen">Audited rollouts, newest window first</caption>
        <thead>
          <tr>
            <th scope="col" title="window / miner / group / rollout">
              Rollout
            </th>
            <th scope="col" class="n">
              Tokens
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {page.rollouts.map((row) => (
            <Row key={nameOf(row)} row={row} place={place} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Row({ row, place }: { readonly row: RolloutRow; readonly place: Place }) {
  const name = nameOf(row)
  const isOpen = name === place.rollout
  return (
    <tr class={isOpen ? 'open-row' : ''}>
      <th scope="row">
        <a href={addressOf({ miner: place.miner, rollout: name })} aria-current={isOpen ? 'true' : undefined}>
          {name.replaceAll('-', '/')}
        </a>
      </th>
      <td class="n">{row.tokens}</td>
      <td class={row.accepted ? 'good' : 'bad'}>
        {row.accepted ? 'accepted' : row.reason}
        {row.disputed && <span class="tag">disputed</span>}
      </td>
    </tr>
  )
}

function Pager({ page, onPage }: { readonly page: RolloutPage; onPage(page: number): void }) {
  return (
    <nav class="pager" aria-label="Pages of rollouts">
      <button type="button" disabled={page.page === 0} onClick={() => onPage(page.page - 1)}>
        Newer
      </button>
      <span>
        {page.page + 1} of {page.pages}, {plural(page.total, 'rollout')}
      </span>
      <button type="button" disabled={page.page + 1 >= page.pages} onClick={() => onPage(page.page + 1)}>
        Older
      </button>
    </nav>
  )
}

function nameOf({ window, miner, group, rollout }: RolloutRow): string {
  return `${window}-${miner}-${group}-${rollout}`
}
