import { SubnetError } from '../../../shared/errors.ts'
import { maxBundleBytes } from '../../../shared/protocol/bundle-limits.ts'
import { fitsRoot } from '../../../shared/protocol/commitment.ts'
import { isSuspect, newcomer, type Standing } from '../../../shared/protocol/sequential.ts'
import { assertBundleBytes, notFound, tooLarge } from '../../../shared/store/store.ts'
import { type AuditReport, auditBundle } from '../../../validator/audit-bundle.ts'
import { auditFurther } from '../../../validator/audit-further.ts'
import { judgeReport } from '../../../validator/judge-report.ts'
import type { Ground } from './ground.ts'
import type { Submission } from './miner-program.ts'
import { network } from './window.ts'

/** What one validator makes of one miner's window: as validator/audit-miner.ts, without chain and journal. */
export interface Judged {
  readonly score: bigint
  readonly standing: Standing
  /** null when there was nothing to judge; the standing is then what it was. */
  readonly report: AuditReport | null
  /** Reasons of rejections, or the one why the bundle could not be had, with their counts. */
  readonly reasons: Readonly<Record<string, number>>
}

export async function judgeWindow(
  ground: Ground,
  subject: { readonly window: number; readonly miner: number; readonly validator: number },
  submission: Submission | null,
  before: Standing = newcomer,
): Promise<Judged> {
  const { window, miner, validator } = subject
  if (submission === null) return { score: 0n, standing: before, report: null, reasons: {} }
  const auditSeed = ground.auditSeed(window)
  const { commitment } = submission
  try {
    const bytes = await fetchFrom(ground, submission, validator, auditSeed)
    const audits = await auditFurther((job) => auditBundle(ground.policy, job), {
      bytes,
      committed: { ...network, ...commitment, window, miner, policy: ground.policy.manifestHash },
      window,
      windowSeed: ground.windowSeed(window),
      auditSeed,
      miner,
      validator,
      rules: ground.rules,
      suspect: isSuspect(before),
    })
    const { summary, standing, score } = judgeReport(audits, before, ground.rules)
    return { score, standing, report: audits.known, reasons: summary.reasons }
  } catch (error) {
    if (!(error instanceof SubnetError && error.code.startsWith('STORE_'))) throw error
    return { score: 0n, standing: before, report: null, reasons: { [error.code]: 1 } }
  }
}

/** As every source does it: bytes that do not fit the root are nobody's. */
async function fetchFrom(
  { rules, policy }: Ground,
  { commitment: { root }, serve }: Submission,
  validator: number,
  auditSeed: `0x${string}`,
): Promise<Uint8Array> {
  const where = "the miner's server"
  const bytes = await serve(validator, auditSeed)
  if (bytes === null) throw notFound(root, where)
  const maxBytes = maxBundleBytes({ rules, maxTokens: policy.manifest.sampling.maxTokens })
  if (bytes.length > maxBytes) throw tooLarge(root, maxBytes, where)
  assertBundleBytes(root, bytes, where, (given) => fitsRoot(given, root, { rules }))
  return bytes
}
