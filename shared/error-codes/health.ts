import type { ErrorSection } from './section.ts'

export const healthErrors = {
  title: 'Health',
  introduction: 'What `/healthz` complains of, besides the code of a duty that failed three times in a row.',
  codes: {
    WINDOW_MISSED: {
      meaning: 'The last window went by without a commitment.',
      remedy: 'The complaint says why; it ends with the next window that is committed.',
    },
    SCORES_MISSED: {
      meaning: 'The validator abstained from an epoch.',
      remedy: 'The complaint says why; it ends with the next scores that are committed.',
    },
    HEAD_STALLED: {
      meaning: 'The endpoint has shown no new block for five minutes.',
      remedy: 'Name another endpoint with `--rpc`, unless the chain itself stands still.',
    },
    DUTY_STUCK: {
      meaning: 'One round of duties has taken more than half an hour.',
      remedy: 'Look at the last lines of the log, and restart the role: it goes on where it was.',
    },
  },
} as const satisfies ErrorSection
