import { Command } from 'commander'
import { toHex } from 'viem'
import { readCheckpoint } from '../../model/checkpoint/read-checkpoint.ts'
import { openSession } from '../../model/runtime/open-session.ts'
import { loadTokenizer } from '../../model/tokenizer/tokenizer.ts'
import { type Evaluation, evaluatePolicy, pooledEvaluation } from '../../model/training/evaluate.ts'
import { ENVIRONMENT_IDS, findEnvironment } from '../../shared/environments/registry.ts'
import { examples } from '../examples.ts'
import { json } from '../json-setting.ts'
import { print } from '../print.ts'
import { addSettings, count, readSettings, type Settings, text, type Values } from '../settings.ts'

const settings = {
  environment: {
    value: 'id',
    describe: `task family: ${ENVIRONMENT_IDS.join(', ')} (default: the one the policy is for)`,
    schema: text,
    optional: true,
  },
  dataset: { value: 'file', describe: 'data of gsm8k', schema: text, optional: true },
  n: { value: 'n', describe: 'problems', schema: count(1, 1_000_000), fallback: '100' },
  seed: { value: 'n', describe: 'draws problems and samples', schema: count(0, 2 ** 32 - 1), fallback: '1' },
  maxTokens: {
    value: 'n',
    describe: 'longest completion (default: the policy’s own)',
    schema: count(1, 1 << 20),
    optional: true,
  },
  json,
} as const satisfies Settings

/** Problems decoded together, after which progress is shown. */
const TOGETHER = 16

export function policyEvalCommand(): Command {
  const command = addSettings(new Command('eval'), settings)
    .description('ask a policy problems: share answered right, sampled as the protocol samples, and greedy')
    .argument('<dir>', 'directory of the checkpoint')
    .addHelpText(
      'after',
      examples('policy eval smollm2 --environment gsm8k --dataset test.jsonl --n 200 --max-tokens 256'),
    )
    .action(async (dir: string) => {
      const values = readSettings(command, settings, process.env)
      const report = await evaluate(dir, values)
      print(values.json, report, render(report))
    })
  return command
}

interface Report {
  readonly policy: string
  readonly environment: string
  readonly temperature: number
  readonly sampled: Evaluation
  readonly greedy: Evaluation
  readonly tokensPerSecond: number
  readonly peakMemoryBytes: number
}

async function evaluate(dir: string, values: Values<typeof settings>): Promise<Report> {
  const checkpoint = await readCheckpoint(dir)
  const { manifest, manifestHash, tokenizerJson } = checkpoint
  const environment = findEnvironment(values.environment ?? manifest.environment.id, {
    gsm8kPath: values.dataset,
  })
  const tokenizer = loadTokenizer(tokenizerJson, manifest.sampling.endToken)
  const limits = { ...manifest.sampling, maxTokens: values.maxTokens ?? manifest.sampling.maxTokens }
  const session = await openSession(checkpoint, manifest.numerics.profile)
  const startedMs = performance.now()
  const ask = async (greedy: boolean): Promise<Evaluation> => {
    const parts: Evaluation[] = []
    for (let first = 0; first < values.n; first += TOGETHER) {
      const problems = Math.min(TOGETHER, values.n - first)
      const options = { seed: toHex(values.seed, { size: 32 }), problems, first, limits, greedy }
      parts.push(await evaluatePolicy(session, tokenizer, environment, options))
      showProgress(greedy, first + problems, values.n)
    }
    return pooledEvaluation(parts)
  }
  try {
    const [sampled, greedy] = [await ask(false), await ask(true)]
    return {
      policy: manifestHash,
      environment: environment.id,
      temperature: session.temperature,
      sampled,
      greedy,
      tokensPerSecond: (1000 * (sampled.tokens + greedy.tokens)) / (performance.now() - startedMs),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    }
  } finally {
    await session.close()
  }
}

function showProgress(greedy: boolean, done: number, total: number): void {
  if (!process.stderr.isTTY) return
  const how = greedy ? 'greedy' : 'sampled'
  process.stderr.write(`\r${how}: ${done} of ${total} problems${done === total ? '\n' : ''}`)
}

function render({ policy, environment, temperature, ...report }: Report): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const line = (name: string, { passRate, standardError, problems, tokens }: Evaluation) =>
    `${name}: ${percent(passRate)} ± ${percent(standardError)} of ${problems} right, ${Math.round(tokens / problems)} tokens each`
  return [
    `policy ${policy} on ${environment}`,
    line(`pass@1 at temperature ${temperature}`, report.sampled),
    line('greedy', report.greedy),
    `${report.tokensPerSecond.toFixed(1)} tokens/s, peak memory ${Math.round(report.peakMemoryBytes / 2 ** 20)} MiB`,
  ].join('\n')
}
