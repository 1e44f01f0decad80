import { useEffect, useState } from 'preact/hooks'

const choices = ['auto', 'light', 'dark'] as const
type Theme = (typeof choices)[number]
const key = 'rollproof theme'

/** Light, dark, or as the system has it; kept by the browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(stored)
  useEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    remember(theme)
  }, [theme])
  const next = choices[(choices.indexOf(theme) + 1) % choices.length]
  return (
    <button type="button" class="quiet" onClick={() => setTheme(next)}>
      <span class="narrow-hidden">Theme: </span>
      {theme}
    </button>
  )
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
