import { describe, expect, it } from 'vitest'
import { explainCode } from '../../../shared/error-codes/catalogue.ts'
import { runCommand } from '../../helpers/run-command.ts'

describe('rollproof error', () => {
  it('says what a code means and what to do, however it is spelt', async () => {
    const { code, output } = await runCommand(['error', 'store_stalled', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(output)).toEqual({ code: 'STORE_STALLED', ...explainCode('STORE_STALLED') })
  })

  it('leaves out of the text what only a browser can follow', async () => {
    const { output } = await runCommand(['error', 'ENVIRONMENT_UNKNOWN'])
    expect(output).toContain('add the environment: environments.md.')
  })

  it('names the nearest code instead of an unknown one', async () => {
    const { code, output } = await runCommand(['error', 'STORE_STALED'])
    expect(code).toBe(1)
    expect(output).toBe('CONFIG_INVALID: STORE_STALED is no error code; did you mean STORE_STALLED?')
  })
})
