import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Attempt } from '../../../../../shared/chain/outbox/delivery.ts'
import { openOutboxJournal } from '../../../../../shared/chain/outbox/outbox-journal.ts'

const delivery = {
  ...({ contract: `0x${'01'.repeat(20)}`, kind: 'commit root', of: '7', data: '0x01', gas: 1n } as const),
  ...{ deadline: null, nonce: 3 },
}
const attempt: Attempt = {
  ...({ hash: `0x${'02'.repeat(32)}`, raw: '0x03', maxFee: 2n, tip: 1n } as const),
  ...{ sentAt: 9n, cancels: false },
}

test('what was refused is sent again in the same bytes, which are then the newer delivery’s', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rollproof-test-'))
  const journal = openOutboxJournal(join(directory, 'outbox.sqlite'))
  onTestFinished(() => {
    journal.close()
    rmSync(directory, { recursive: true })
  })
  journal.note(journal.add(delivery, attempt), 'refused', null)
  journal.add(delivery, attempt)
  expect(journal.open()).toMatchObject([{ state: 'pending', attempts: [attempt] }])
  expect(journal.find(delivery)?.attempts).toEqual([attempt])
})
