import { describe, expect, it } from 'vitest'
import { findEnvironment } from '../../../../shared/environments/registry.ts'

describe('findEnvironment', () => {
  it('finds the procedural environments by id', () => {
    expect(findEnvironment('word-problems').id).toBe('word-problems')
    expect(findEnvironment('sat').id).toBe('sat')
  })

  it('lists what there is when asked for something else', () => {
    for (const id of ['chess', '', 'SAT', '__proto__']) {
      expect(() => findEnvironment(id)).toThrowError(
        expect.objectContaining({
          code: 'ENVIRONMENT_UNKNOWN',
          message: expect.stringContaining('word-problems, sat, gsm8k'),
        }),
      )
    }
  })

  it('says that gsm8k needs its data', () => {
    expect(() => findEnvironment('gsm8k')).toThrowError(expect.objectContaining({ code: 'DATASET_MISSING' }))
    expect(() => findEnvironment('gsm8k', { gsm8kPath: '/nowhere' })).toThrowError(
      expect.objectContaining({ code: 'DATASET_MISSING' }),
    )
  })
})
