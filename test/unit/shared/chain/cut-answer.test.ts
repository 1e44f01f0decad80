import { expect, onTestFinished, test } from 'vitest'
import { openChain } from '../../../../shared/chain/connect.ts'
import { startEndpoint } from '../../../helpers/hostile-endpoint.ts'

test.each(['{"jsonrpc":"2.0","id":', '[{"jsonrpc":"2.0","id":1,"resu'])(
  'takes the cut answer %s for an outage',
  async (body) => {
    const endpoint = await startEndpoint()
    onTestFinished(() => endpoint.close())
    endpoint.answer = () => ({ body })
    await expect(openChain({ rpcUrl: endpoint.url, chainId: 1 })).rejects.toMatchObject({
      code: 'CHAIN_UNREACHABLE',
      retryable: true,
    })
  },
)
