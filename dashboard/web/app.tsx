import { useEffect, useState } from 'preact/hooks'
import type { Overview } from '../views.ts'
import { snapshot, usePulse, useResource } from './api.ts'
import { GovernanceSection } from './governance.tsx'
import { LearningSection } from './learning.tsx'
import { LoopSection } from './loop.tsx'
import { MinersSection } from './miners.tsx'
import { Failed } from './parts.tsx'
import { RolloutsSection } from './rollouts.tsx'
import { StatusLine } from './status-line.tsx'
import { ThemeSwitch } from './theme.tsx'
import { ValidatorsSection } from './validators.tsx'
import { WeightsSection } from './weights.tsx'

const sections = ['loop', 'miners', 'rollouts', 'validators', 'weights', 'learning', 'governance']

export function App() {
  const { pulse, connected } = usePulse()
  const version = pulse?.version ?? ''
  const { data, failure } = useResource<Overview>(pulse === null ? null : 'overview', version)
  const painted = usePainted(data !== null)
  return (
    <>
      <a class="skip" href="#loop">
        Skip to the figures
      </a>
      <header class="top">
        <div class="bar">
          <h1>
            <img src="icon.svg" alt="" width="22" height="22" />
            Rollproof<span class="subnet">{data ? data.subnet.name : ''}</span>
          </h1>
          <StatusLine overview={data} pulse={pulse} connected={connected} snapshot={snapshot} />
          <ThemeSwitch />
        </div>
        <nav aria-label="Sections">
          {sections.map((section) => (
            <a key={section} href={`#${section}`}>
              {section}
            </a>
          ))}
        </nav>
      </header>
      <main aria-busy={data === null && failure === null}>
        {data === null && failure && <Failed failure={failure} />}
        {data === null && !failure && <p class="empty">Reading the network …</p>}
        {data && <LoopSection loop={data.loop} />}
        {data && painted && (
          <>
            <MinersSection overview={data} />
            <RolloutsSection overview={data} version={version} />
            <ValidatorsSection overview={data} />
            <WeightsSection overview={data} version={version} />
            <LearningSection version={version} />
            <GovernanceSection version={version} />
          </>
        )}
      </main>
      <footer>
        {data && (
          <p>
            Chain {data.subnet.chainId}. Figures without a date are sums of windows {data.recent.from} to{' '}
            {data.recent.to}. Everything here can be checked: <code>rollproof explain</code>.
          </p>
        )}
      </footer>
    </>
  )
}

/** Whether what came first is on the screen: a crowd's tables must not hold it up. */
function usePainted(shown: boolean): boolean {
  const [painted, setPainted] = useState(false)
  useEffect(() => {
    if (!shown) return
    // A frame's callbacks run before it is painted, a task after that.
    const frame = requestAnimationFrame(() => setTimeout(() => setPainted(true)))
    return () => cancelAnimationFrame(frame)
  }, [shown])
  return painted
}
