import type { Loop, Phase, WindowRow, WindowSeed } from '../views.ts'
import { plural, whole } from './format.ts'
import { Empty, Hex, Scroll, Section } from './parts.tsx'

const names: Readonly<Record<Phase['name'], string>> = {
  answers: 'Miners answer',
  audit: 'Validators audit',
  reveal: 'Scores are revealed',
  settle: 'Settlement pays',
}
const who: Readonly<Record<Phase['name'], string>> = {
  answers: 'committed',
  audit: 'scored',
  reveal: 'revealed',
  settle: 'settled',
}

export function LoopSection({ loop }: { readonly loop: Loop }) {
  const { window, phases, seed, windows } = loop
  if (window < 0) {
    return (
      <Section id="loop" title="The loop">
        <Empty>The first window has not begun. Miners and validators can register meanwhile.</Empty>
      </Section>
    )
  }
  return (
    <Section id="loop" title={`Window ${window}`} note={`epoch ${loop.epoch}`}>
      <ol class="phases">
        {phases.map((phase) => (
          <PhaseCard key={phase.name} phase={phase} loop={loop} />
        ))}
      </ol>
      <div class="beside">
        <Windows windows={windows} />
        {seed ? <Seed seed={seed} /> : <Empty>Nobody has opened this window on chain yet.</Empty>}
      </div>
    </Section>
  )
}

function PhaseCard({ phase, loop }: { readonly phase: Phase; readonly loop: Loop }) {
  const { name, from, to, state, done, of } = phase
  const isOfWindow = name === 'answers' || name === 'audit'
  return (
    <li class={`phase ${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      <p class="what">
        {names[name]}{' '}
        <span class="muted">{isOfWindow ? `window ${loop.window}` : `epoch ${loop.epoch - 1}`}</span>
      </p>
      <p class="big">{leftOf(phase, loop.block)}</p>
      <p class="muted">
        {name === 'settle' ? (done > 0 ? 'paid' : 'waiting') : `${done} of ${of} ${who[name]}`}
      </p>
      {to !== null && (
        <progress
          aria-label={`${names[name]}: blocks passed`}
          max={to - from}
          value={Math.min(to - from, Math.max(0, loop.block - from))}
        />
      )}
    </li>
  )
}

function leftOf({ name, from, to, state }: Phase, block: number): string {
  if (state === 'coming') return `in ${plural(from - block, 'block')}`
  if (state === 'past') return 'done'
  if (to === null) return name === 'settle' ? 'due' : 'now'
  return `${plural(to - block, 'block')} left`
}

function Seed({ seed }: { readonly seed: WindowSeed }) {
  return (
    <dl class="facts">
      <div>
        <dt>Block hash</dt>
        <dd>
          <Hex value={seed.blockHash} />
        </dd>
      </div>
      <div>
        <dt>Opening round</dt>
        <dd>{seed.openRound}</dd>
      </div>
      <div>
        <dt>Window seed</dt>
        <dd>{seed.seed ? <Hex value={seed.seed} /> : 'no relay answered'}</dd>
      </div>
      <div>
        <dt>Audit round</dt>
        <dd>{seed.auditRound ?? 'after the deadline'}</dd>
      </div>
      <div>
        <dt>Policy</dt>
        <dd>{seed.policy ? <Hex value={seed.policy} /> : '–'}</dd>
      </div>
    </dl>
  )
}

function Windows({ windows }: { readonly windows: readonly WindowRow[] }) {
  return (
    <Scroll label="Recent windows">
      <table>
        <caption class="unseen">Recent windows, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Window</th>
            <th scope="col" class="n">
              Miners
            </th>
            <th scope="col" class="n">
              Groups
            </th>
            <th scope="col" class="n">
              Rollouts
            </th>
            <th scope="col" class="n">
              Reveals
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {windows.map((row) => (
            <tr key={row.window}>
              <th scope="row">{row.window}</th>
              <td class="n">{row.miners}</td>
              <td class="n">{whole(row.groups)}</td>
              <td class="n">{whole(row.rollouts)}</td>
              <td class="n">{row.revealed}</td>
              <td>
                <span class={`tag ${row.state === 'paid' ? 'good' : row.state === 'voided' ? 'bad' : ''}`}>
                  {row.state}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
