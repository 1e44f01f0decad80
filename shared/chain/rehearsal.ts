import type { ChainContext } from './connect.ts'
import { type CallPreview, previewCalls } from './preview-call.ts'
import { signerOf } from './send-transaction.ts'

/** Ends what would go on from a transaction that was only tried. No failure, and so not a SubnetError. */
export class NotSent extends Error {
  readonly call: CallPreview

  constructor(call: CallPreview) {
    super(`${call.functionName} was tried and not sent`)
    this.name = 'NotSent'
    this.call = call
  }
}

/** The same chain, on which nothing can be sent any more. */
export function rehearsing(chain: ChainContext): ChainContext {
  return {
    ...chain,
    async rehearse(call) {
      const [preview] = await previewCalls(chain, [call], signerOf(chain).account)
      throw new NotSent(preview)
    },
  }
}
