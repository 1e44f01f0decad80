import type { CheckpointRow, CurveDot, Learning } from '../views.ts'
import { useResource } from './api.ts'
import { Curve } from './curve.tsx'
import { percent, whole } from './format.ts'
import { Empty, Failed, Hex, Scroll, Section } from './parts.tsx'

export function LearningSection({ version }: { readonly version: string }) {
  const { data, failure } = useResource<Learning>('learning', version)
  return (
    <Section id="learning" title="Learning">
      {failure && !data && <Failed failure={failure} />}
      {data?.checkpoints.length === 0 && (
        <Empty>
          No update was published yet: the policy is the first one. A learner makes them (
          <code>rollproof learner run</code>); <code>npm run learn</code> shows it on one machine.
        </Empty>
      )}
      {data && data.curve.length > 0 && <Curve dots={data.curve} />}
      {data && data.checkpoints.length > 0 && <Checkpoints learning={data} />}
    </Section>
  )
}

function Checkpoints({ learning }: { readonly learning: Learning }) {
  const heldOut = new Map(learning.curve.map((dot) => [dot.policy, dot]))
  return (
    <Scroll label="Checkpoints">
      <table>
        <caption class="unseen">Published checkpoints, oldest first</caption>
        <thead>
          <tr>
            <th scope="col">Checkpoint</th>
            <th scope="col">Trained from</th>
            <th scope="col" class="n">
              In force from
            </th>
            <th scope="col" class="n">
              Steps
            </th>
            <th scope="col" class="n">
              Groups
            </th>
            <th scope="col" class="n">
              Rollouts
            </th>
            <th scope="col" class="n">
              Loss
            </th>
            <th scope="col" class="n">
              Held out
            </th>
            <th scope="col">Objections</th>
          </tr>
        </thead>
        <tbody>
          {learning.checkpoints.map((row) => (
            <Checkpoint key={row.policy} row={row} heldOut={heldOut.get(row.policy) ?? null} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Checkpoint({ row, heldOut }: { readonly row: CheckpointRow; readonly heldOut: CurveDot | null }) {
  const { policy, parent, activationWindow, rejected, objected, update } = row
  return (
    <tr>
      <th scope="row">
        <Hex value={policy} />
      </th>
      <td>
        <Hex value={parent} />
      </td>
      <td class="n">window {activationWindow}</td>
      <td class="n">{update ? `${whole(update.firstStep)} + ${whole(update.steps)}` : '–'}</td>
      <td class="n">{update ? whole(update.groups) : '–'}</td>
      <td class="n">{update ? whole(update.rollouts) : '–'}</td>
      <td class="n">{update ? update.loss.toFixed(4) : '–'}</td>
      <td class="n">
        {heldOut ? `${percent(heldOut.passRate)} ± ${(100 * heldOut.standardError).toFixed(1)}` : '–'}
      </td>
      <td>
        {rejected ? (
          <span class="tag bad">rejected</span>
        ) : objected > 0 ? (
          `${percent(objected)} of stake`
        ) : (
          'none'
        )}
      </td>
    </tr>
  )
}
