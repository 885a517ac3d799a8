import { cost, duration, title, tokens } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';
import { spentOf } from '../builds/spent.ts';
import { type BudgetLine, budgetLines } from './budget.ts';
import type { BuildView } from './build-view.ts';

/** What was used, what is reserved, and the caps on both. */
export function BudgetTab({ view: { status, entries } }: { view: BuildView }) {
  const lines = budgetLines(status, entries);
  const spent = spentOf(status);
  return (
    <>
      <p id="budget-words" className="muted">
        Reserved is set aside for the attempt in progress. Unsettled was reserved by attempts that
        ended without a report of what they used. Both count toward the cap.
      </p>
      <ScrollX label="Budget">
        <table className="data" aria-describedby="budget-words">
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                Phase
              </th>
              <th scope="colgroup" colSpan={4} className="cell-group">
                Tokens
              </th>
              <th scope="colgroup" colSpan={4} className="cell-group">
                Cost
              </th>
              <th scope="colgroup" colSpan={2} className="cell-group">
                Time at work
              </th>
            </tr>
            <tr>
              {[...AMOUNTS, ...AMOUNTS, 'Used', 'Cap'].map((name, index) => (
                <th key={index} scope="col" className="cell-number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line key={line.name} line={line} />
            ))}
          </tbody>
        </table>
      </ScrollX>
      {spent.unpriced > 0 && (
        <p className="muted">
          {spent.unpriced} requests have no known price: the real cost is higher.
        </p>
      )}
    </>
  );
}

const AMOUNTS = ['Used', 'Reserved', 'Unsettled', 'Cap'] as const;
const NONE = '–';

function Line({ line }: { line: BudgetLine }) {
  const { name, isTotal, settled, reserved, unsettled, cap } = line;
  const counted = (value: number | undefined) => (value === undefined ? NONE : tokens(value));
  const priced = (value: number | undefined) => (value === undefined ? NONE : cost(value));
  return (
    <tr className={isTotal ? 'total' : undefined}>
      <th scope="row">{isTotal ? name : title(name)}</th>
      <td className="cell-number">{counted(settled.tokens)}</td>
      <td className="cell-number">{counted(reserved?.tokens)}</td>
      <td className="cell-number">{counted(unsettled.tokens)}</td>
      <td className="cell-number">{counted(cap?.tokens)}</td>
      <td className="cell-number">{priced(settled.cost)}</td>
      <td className="cell-number">{priced(reserved?.cost)}</td>
      <td className="cell-number">{priced(unsettled.cost)}</td>
      <td className="cell-number">{priced(cap?.cost)}</td>
      <td className="cell-number">{duration(settled.durationMs)}</td>
      <td className="cell-number">{cap?.wallMs === undefined ? NONE : duration(cap.wallMs)}</td>
    </tr>
  );
}
