import type { ErrorSection } from './section.ts'

export const devnetErrors = {
  title: 'Devnet',
  codes: {
    EXPECTATION_BROKEN: {
      meaning: 'Something did not happen as it must: the message is the first broken expectation.',
      remedy: "The logs' directory is printed; with a defect of ours, please report it.",
    },
    CHILD_FAILED: {
      meaning: 'One of the processes did not start.',
      remedy: 'Its reason is in the message and its log.',
    },
    DATA_DIR_NOT_EMPTY: {
      meaning: 'The directory holds something already; two runs are never mixed.',
      remedy: 'Name another `--data-dir`, or empty it.',
    },
    DATA_DIR_UNUSABLE: {
      meaning: 'The directory cannot be made or read.',
      remedy: 'Name one that this user may write to.',
    },
    REPORT_UNWRITABLE: {
      meaning: 'The report could not be written at the end, so nothing was started.',
      remedy: 'Name another `--report`.',
    },
    DOCUMENT_UNMARKED: {
      meaning: 'The file of `--document` lacks the two lines between which the tables go.',
      remedy: 'Add them, or name another file.',
    },
    VECTOR_UNREADABLE: {
      meaning: 'A file of golden cases cannot be read.',
      remedy: 'Check its path.',
    },
    VECTOR_MALFORMED: {
      meaning: 'A file of golden cases is not JSON, contradicts itself, or expects nothing.',
      remedy: 'The message names every mistake; `test/vectors/yuma` shows the format.',
    },
    NO_PARENT: {
      meaning: 'The adversary that answers from a stale checkpoint has none to answer from.',
      remedy: 'Keep the parent checkpoint beside the policy.',
    },
  },
} as const satisfies ErrorSection
