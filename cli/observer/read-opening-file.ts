import { readFileSync } from 'node:fs'
import { SubnetError } from '../../shared/errors.ts'
import { type EvidenceOpening, parseOpening } from '../../validator/evidence-opening.ts'

/** @throws SubnetError OPENING_MALFORMED */
export function readOpeningFile(path: string): EvidenceOpening {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SubnetError('OPENING_MALFORMED', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
  return parseOpening(text, path)
}
