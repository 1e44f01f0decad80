import type { ErrorSection } from './section.ts'

export const dashboardErrors = {
  title: 'Dashboard',
  introduction: 'What its API answers, and the page shows.',
  codes: {
    DASHBOARD_BUSY: {
      meaning:
        'Others already wait for rollouts to be derived again; the dashboard does that for a few at a time.',
      remedy: 'Try again in a moment.',
    },
    NOT_FOUND: {
      meaning: 'The dashboard has nothing at that path: another spelling, or too long ago.',
      remedy: '[dashboard.md](dashboard.md) lists what there is.',
    },
    BUSY: {
      meaning: 'More pages of this dashboard are open than it serves.',
      remedy: 'Close one.',
    },
    REFUSED: {
      meaning:
        'The request came from a page of another site, under a foreign name, or would have changed something.',
      remedy: 'Open the page by its address; where the dashboard is behind a proxy, `--host` names it.',
    },
    UNREACHABLE: {
      meaning: 'The page has lost the dashboard that served it.',
      remedy: 'Start `rollproof dashboard` again; the page goes on by itself.',
    },
    SNAPSHOT: {
      meaning:
        'The page was exported as static files, which hold no answer to this, or was opened as a file, beside which a browser reads nothing.',
      remedy: 'Ask a dashboard that runs; serve an exported folder with any web server.',
    },
  },
} as const satisfies ErrorSection
