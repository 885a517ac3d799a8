import type { RollbackPlan } from '@baton/core/api';
import { cost, duration, title, tokens } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';
import { short } from './evidence.ts';

/** What a rollback would withdraw, restore and leave behind. */
export function PlanView({ plan }: { plan: RollbackPlan }) {
  const { withdrawn, checkpointBefore, checkpointAfter, artifacts, questions, claim, awaiting } =
    plan;
  const kinds = Object.entries(artifacts?.byKind ?? {}).filter(([, count]) => count > 0);
  const before = checkpointBefore?.digest;
  const after = checkpointAfter?.digest;
  return (
    <section className="plan" aria-label="What this withdraws">
      <ScrollX label="Withdrawn phases">
        <table className="data">
          <thead>
            <tr>
              <th scope="col">Withdrawn</th>
              <th scope="col">Output</th>
              <th scope="col" className="cell-number">
                Attempts
              </th>
              <th scope="col" className="cell-number">
                Tokens spent
              </th>
              <th scope="col" className="cell-number">
                Cost spent
              </th>
              <th scope="col" className="cell-number">
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {withdrawn.map(({ state, hasOutput, attempts, usage }) => (
              <tr key={state}>
                <th scope="row">{title(state)}</th>
                <td>{hasOutput ? 'withdrawn' : 'none yet'}</td>
                <td className="cell-number">{attempts}</td>
                <td className="cell-number">{tokens(usage.inputTokens + usage.outputTokens)}</td>
                <td className="cell-number">{cost(usage.cost)}</td>
                <td className="cell-number">{duration(usage.durationMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <ul className="plan-facts">
        <li>
          Files:{' '}
          {before === after ? (
            'unchanged'
          ) : (
            <>
              go from tree <code>{before === undefined ? 'none' : short(before)}</code> back to{' '}
              <code>{after === undefined ? 'the beginning' : short(after)}</code>
            </>
          )}
        </li>
        {kinds.length > 0 && (
          <li>
            Artifacts that become stale:{' '}
            {kinds.map(([kind, count]) => `${count} ${count === 1 ? kind : `${kind}s`}`).join(', ')}
          </li>
        )}
        {claim !== undefined && <li>Interrupts the work of {claim.worker}</li>}
        {awaiting !== undefined && (
          <li>
            {awaiting.kind === 'approval'
              ? 'The pending approval is dropped'
              : 'Open questions are dropped'}
          </li>
        )}
        {questions.length > 0 && (
          <li>
            {questions.length} {questions.length === 1 ? 'question is' : 'questions are'} dropped
          </li>
        )}
        <li>Tokens and cost already spent are not refunded; the count of retries starts again.</li>
      </ul>
    </section>
  );
}
