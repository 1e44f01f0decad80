import { formatEther } from 'viem'
import type { DeploymentPreview } from './rehearse-deployment.ts'

export function renderPreview({ steps, gas, cost, balance }: DeploymentPreview): string {
  const lines = steps.map(({ step, gas, wasThere }) => `${step}: ${wasThere ? 'is there' : `${gas} gas`}`)
  const left = steps.filter(({ wasThere }) => !wasThere).length
  return [
    ...lines,
    `not sent: ${left} transactions, ${gas} gas, at most ${formatEther(cost)} of the chain's currency; the key holds ${formatEther(balance)}`,
  ].join('\n')
}
