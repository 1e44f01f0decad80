/**
 * Something a role must do whenever the chain says it is due. Idempotent: what is done already is seen on chain
 * or in the journal, so that a role killed at any moment goes on where it was.
 */
export interface Duty {
  readonly name: string
  run(block: bigint): Promise<void>
}
