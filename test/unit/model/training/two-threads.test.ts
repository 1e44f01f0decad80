import { expect, it } from 'vitest'
import { ADAMW_DEFAULTS } from '../../../../model/optimizer/adamw.ts'
import { openSession } from '../../../../model/runtime/open-session.ts'
import { openTrainer } from '../../../../model/training/trainer.ts'
import { smallCheckpoint, smallConfig } from '../small-policy.ts'

// A file of its own: the WebAssembly engine fixes its number of threads once per process.
it('training under the exact profile is refused where the engine has two threads: its bits would differ', async () => {
  const checkpoint = smallCheckpoint(smallConfig())
  const session = await openSession(checkpoint, 'exact', { threads: 2 })
  await session.score([{ prompt: [1], completion: [2] }], () => {})
  const trainer = await openTrainer(checkpoint.config, checkpoint.weights, {
    profile: 'exact',
    temperature: 1,
  })
  const rows = [{ prompt: [1, 2], completion: [3] }]
  await expect(trainer.step(rows, { kind: 'cross-entropy' }, ADAMW_DEFAULTS)).rejects.toMatchObject({
    code: 'ENGINE_THREADS_FIXED',
  })
  await session.close()
})
