import type { ErrorSection } from './section.ts'

export const processErrors = {
  title: 'Process',
  codes: {
    JOURNAL_IN_USE: {
      meaning: "Another process works on this role's journal.",
      remedy: 'Stop it: two processes with one identity would contradict each other.',
    },
    JOURNAL_UNUSABLE: {
      meaning: 'The journal cannot be read or written.',
      remedy: 'Free the disk, or move the file away: the role then starts from what the chain says.',
    },
    DISK_FULL: {
      meaning:
        'No room is left where a role keeps its data. It goes on trying; what was written before is whole.',
      remedy: 'Free the disk, or lower `--keep-gib`.',
    },
    AUDIT_FAILED: {
      meaning:
        "A validator failed several times at one miner's audit, and left that miner unaudited: no verdict.",
      remedy: 'The earlier log lines say how it failed.',
    },
    COMPUTE_THREAD_ENDED: {
      meaning: 'The thread that runs the model died, most often for memory.',
      remedy: 'Give the machine more memory, then start again: nothing is lost.',
    },
    COMPUTE_FAILED: {
      meaning: "The model's thread met a defect of ours.",
      remedy: 'The details carry the stack; please report it.',
    },
    NOT_A_THREAD: {
      meaning: "A thread's module was run as a program.",
      remedy: 'Run `rollproof` instead.',
    },
    NOTHING_GENERATED: {
      meaning: 'The rules allow no groups in this window.',
      remedy: 'Governance must set `maxGroups`.',
    },
    UNEXPECTED: {
      meaning: 'The program met a defect of its own, and shows where.',
      remedy: 'Report it with what is printed; journals are whole, so a role that is started again goes on.',
    },
    STOPPED: {
      meaning: 'The program was asked to stop.',
      remedy: 'Nothing.',
    },
  },
} as const satisfies ErrorSection
