import { SubnetError } from '../../shared/errors.ts'

export type ImportFailure =
  | 'IMPORT_FILE_MISSING'
  | 'IMPORT_FILE_MALFORMED'
  | 'IMPORT_TENSOR_MISSING'
  | 'IMPORT_TENSOR_UNEXPECTED'
  | 'IMPORT_TENSOR_INVALID'
  | 'IMPORT_TOKENIZER_UNSUPPORTED'
  | 'IMPORT_TOKENIZER_MISMATCH'
  | 'IMPORT_END_TOKEN'
  | 'IMPORT_CHAT_TEMPLATE'
  | 'IMPORT_CONTEXT_FULL'

/** What is wrong with the files that somebody wants to import, and which of them. */
export function importFailure(
  code: ImportFailure,
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): SubnetError {
  return new SubnetError(code, `${message} Nothing was written.`, {
    details,
    ...(cause === undefined ? {} : { cause }),
  })
}
