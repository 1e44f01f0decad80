import { useEffect, useState } from 'preact/hooks'

const choices = ['auto', 'light', 'dark'] as const
type Theme = (typeof choices)[number]
const key = 'rollproof theme'

/** Light, dark, or as the system has it; kept by the browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(stored)
  const next = choices[(choices.indexOf(theme) + 1) % choices.length]
  const choose = (theme: Theme) => {
    remember(theme)
    applyTheme(theme)
    setTheme(theme)
  }
  return (
    <button type="button" class="quiet" onClick={() => choose(next)}>
      <span class="narrow-hidden">Theme: </span>
      {theme}
    </button>
  )
}

/** Before anything is painted, so that nobody is dazzled first. */
export function applyTheme(theme: Theme = stored()): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** Another number whenever other colours are in force: for what is drawn, and not styled. */
export function useColours(): number {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const next = () => setTurn((before) => before + 1)
    const system = matchMedia('(prefers-color-scheme: dark)')
    const chosen = new MutationObserver(next)
    system.addEventListener('change', next)
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      system.removeEventListener('change', next)
      chosen.disconnect()
    }
  }, [])
  return turn
}

/** Storage may be forbidden: then the choice lasts as long as the page. */
function stored(): Theme {
  try {
    return choices.find((choice) => choice === localStorage.getItem(key)) ?? 'auto'
  } catch {
    return 'auto'
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // See above.
  }
}
