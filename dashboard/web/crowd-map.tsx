import { useEffect, useRef, useState } from 'preact/hooks'
import type { Weights } from '../views.ts'
import { percent } from './format.ts'
import { cellSize, drawHeat } from './heat-canvas.ts'
import { Scroll } from './parts.tsx'
import { useColours } from './theme.tsx'

/**
 * The heat map of a crowd: colours alone, since figures would be too small to read, and the figures of one cell, which
 * is pointed at or chosen.
 */
export function CrowdMap({ weights }: { readonly weights: Weights }) {
  const { consensus, rows } = weights
  const [cell, setCell] = useState({ row: 0, miner: 0 })
  const canvas = useRef<HTMLCanvasElement>(null)
  const colours = useColours()
  const size = cellSize(consensus.length)
  useEffect(() => {
    if (canvas.current) drawHeat(canvas.current, weights)
  }, [weights, colours])
  const row = Math.min(cell.row, rows.length - 1)
  const miner = Math.min(cell.miner, consensus.length - 1)
  const point = ({ offsetX, offsetY }: PointerEvent) => {
    const at = { row: Math.floor(offsetY / size.height), miner: Math.floor(offsetX / size.width) }
    if (rows[at.row] && at.miner >= 0 && at.miner < consensus.length) setCell(at)
  }
  return (
    <div class="crowd">
      <p class="pick">
        <Choice
          name="Validator"
          value={row}
          names={rows.map(({ validator }) => validator)}
          onPick={(picked) => setCell({ row: picked, miner })}
        />
        <Choice
          name="Miner"
          value={miner}
          names={consensus.map((_, uid) => uid)}
          onPick={(picked) => setCell({ row, miner: picked })}
        />
        <output>{describeCell(weights, row, miner)}</output>
      </p>
      <Scroll label="Weights by validator and miner">
        <div
          class="heat-map"
          role="img"
          aria-label="Weights as colours; choose validator and miner above for the figures"
          style={{ width: `${size.width * consensus.length}px`, height: `${size.height * rows.length}px` }}
          onPointerMove={point}
          onPointerDown={point}
        >
          <canvas ref={canvas} />
          <span
            class="cursor"
            aria-hidden="true"
            style={{
              left: `${miner * size.width}px`,
              top: `${row * size.height}px`,
              width: `${size.width - 1}px`,
              height: `${size.height - 1}px`,
            }}
          />
        </div>
      </Scroll>
      <p class="muted small">
        A row a validator, a column a miner, in the order of their numbers; the darker, the more.
      </p>
    </div>
  )
}

function describeCell({ rows, consensus, incentive }: Weights, row: number, miner: number): string {
  const { power, given, clipped } = rows[row]
  const weight = given[miner] ?? 0
  const kept = clipped[miner] ?? 0
  const cut = weight > kept ? `, clipped to ${percent(kept, 2)}` : ''
  const seat = power === null ? 'no seat' : `${percent(power)} of stake`
  return `gave ${percent(weight, 2)}${cut} (${seat}); consensus ${percent(consensus[miner], 2)}, incentive ${percent(incentive[miner], 2)}`
}

function Choice(props: {
  readonly name: string
  readonly value: number
  readonly names: readonly number[]
  readonly onPick: (index: number) => void
}) {
  const { name, value, names, onPick } = props
  return (
    <label>
      {name}{' '}
      <select value={String(value)} onChange={(event) => onPick(Number(event.currentTarget.value))}>
        {names.map((shown, index) => (
          <option key={shown} value={String(index)}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  )
}
