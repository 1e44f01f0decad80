/** What a code means, and what whoever reads it can do; both in Markdown that also reads well without rendering. */
export interface ErrorText {
  readonly meaning: string
  readonly remedy: string
}

/** Codes of one kind; docs/errors.md has a table for each. */
export interface ErrorSection {
  readonly title: string
  readonly introduction?: string
  readonly codes: Readonly<Record<string, ErrorText>>
}
