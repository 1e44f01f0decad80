import { useEffect, useState } from 'preact/hooks'
import type { Overview, Pulse } from '../views.ts'
import { since, whole } from './format.ts'

/** Whether what is shown is of now, and if not, why and what to do. */
export function StatusLine(props: {
  readonly overview: Overview | null
  readonly pulse: Pulse | null
  readonly connected: boolean
  readonly snapshot: string | null
}) {
  const { overview, pulse, connected, snapshot } = props
  const now = useNow()
  const block = overview ? `block ${whole(overview.loop.block)}` : ''
  if (snapshot !== null) {
    return (
      <p class="status">
        <span class="dot" />
        snapshot of {block && `${block}, `}
        {new Date(snapshot).toLocaleString('en')}
      </p>
    )
  }
  if (!connected) {
    return (
      <p class="status stale" role="status">
        <span class="dot" />
        The dashboard does not answer: start it again. {block && `Shown: ${block}.`}
      </p>
    )
  }
  if (pulse?.failure) {
    return (
      <p class="status stale" role="status">
        <span class="dot" />
        {pulse.failure.code}: the chain cannot be read. {block && `Shown: ${block}.`}
      </p>
    )
  }
  return (
    <p class="status live">
      <span class="dot" />
      <span>
        {block}
        {overview && <span class="narrow-hidden">, {since(now - overview.loop.timestamp)}</span>}
      </span>
    </p>
  )
}

/** Unix seconds, once in a few of them. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now() / 1000)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 5000)
    return () => clearInterval(timer)
  }, [])
  return now
}
