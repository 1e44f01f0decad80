import { expect, it } from 'vitest'
import { DEVICES } from '../../../../model/engine/engine.ts'
import { nativeKernelClass } from '../../../../model/engine/kernel-class.ts'
import { openEngine } from '../../../../model/engine/open-engine.ts'
import { createGraph } from '../../../../model/graph/graph.ts'

/** Each belongs to another operating system: here one of them is missing, whatever the machine has. */
const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml'

it('says what a device needs that is not here', async () => {
  await expect(nativeKernelClass(elsewhere)).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringMatching(
      new RegExp(`--device ${elsewhere} cannot be used here: it needs (macOS|Windows)`),
    ),
    details: { device: elsewhere },
  })
})

it('keeps portable kernels on the CPU', async () => {
  await expect(openEngine('exact', createGraph('any'), { device: 'cuda' })).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
  })
})

it.each(DEVICES)('names a class of kernels of its own for %s, or says that it is missing', async (device) => {
  const found = await nativeKernelClass(device).catch((error) => error.code)
  expect(found).toMatch(
    device === 'cpu' ? /^native-[0-9a-f]{8}$/ : new RegExp(`^(DEVICE_UNAVAILABLE|${device}-[0-9a-f]{8})$`),
  )
})
