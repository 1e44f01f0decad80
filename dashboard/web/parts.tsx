import type { ComponentChildren } from 'preact'
import type { Failure } from '../views.ts'
import { percent, short } from './format.ts'

/** A part of the page that can be linked to. */
export function Section(props: {
  readonly id: string
  readonly title: string
  readonly note?: string
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}) {
  const { id, title, note, aside, children } = props
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <header class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {note && <p class="note">{note}</p>}
        {aside && <div class="aside">{aside}</div>}
      </header>
      {children}
    </section>
  )
}

/** A table that may be wider than a phone: it scrolls by itself, also by keyboard. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string
  readonly children: ComponentChildren
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

/** A hash or an address; whole for who hovers, copies or listens. */
export function Hex({ value }: { readonly value: string }) {
  return (
    <code class="hex" title={value}>
      {short(value)}
    </code>
  )
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

export function Failed({ failure }: { readonly failure: Failure }) {
  return (
    <p class="empty bad">
      <strong>{failure.code}</strong> {failure.message}
    </p>
  )
}

/** Shares over time as a line, with the same in words. */
export function Spark({
  shares,
  label,
}: {
  readonly shares: readonly (number | null)[]
  readonly label: string
}) {
  const known = shares.flatMap((share, i) => (share === null ? [] : [{ share, i }]))
  const most = Math.max(...known.map(({ share }) => share), 0.0001)
  const width = 64
  const height = 16
  const x = (i: number) => 1 + ((width - 2) * i) / Math.max(1, shares.length - 1)
  const y = (share: number) => height - 2 - ((height - 4) * share) / most
  const points = known.map(({ share, i }) => `${x(i).toFixed(1)},${y(share).toFixed(1)}`)
  const said = known.slice(-8).map(({ share }) => percent(share, 0))
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}: ${said.join(', ')}`}
    >
      <polyline points={points.join(' ')} />
      {known.length > 0 && (
        <circle cx={points.at(-1)?.split(',')[0]} cy={points.at(-1)?.split(',')[1]} r="2" />
      )}
    </svg>
  )
}
