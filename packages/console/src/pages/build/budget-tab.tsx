import { cost, duration, title, tokens } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';
import { spentOf } from '../builds/spent.ts';
import { type BudgetLine, budgetLines } from './budget.ts';
import type { BuildView } from './build-view.ts';

/** What was settled, what is reserved, and the caps on both. */
export function BudgetTab({ view: { status, entries } }: { view: BuildView }) {
  const lines = budgetLines(status, entries);
  const spent = spentOf(status);
  return (
    <ScrollX label="Budget">
      <table className="data">
        <caption>
          Tokens and cost by phase. What is reserved is set aside for the attempt under way;
          unsettled is what attempts had reserved that ended without a word: both count against the
          caps.
        </caption>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col" className="cell-number">
              Settled tokens
            </th>
            <th scope="col" className="cell-number">
              Reserved
            </th>
            <th scope="col" className="cell-number">
              Unsettled
            </th>
            <th scope="col" className="cell-number">
              Cap
            </th>
            <th scope="col" className="cell-number">
              Settled cost
            </th>
            <th scope="col" className="cell-number">
              Reserved
            </th>
            <th scope="col" className="cell-number">
              Unsettled
            </th>
            <th scope="col" className="cell-number">
              Cap
            </th>
            <th scope="col" className="cell-number">
              Time at work
            </th>
            <th scope="col" className="cell-number">
              Cap
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.name} line={line} />
          ))}
        </tbody>
      </table>
      {spent.unpriced > 0 && (
        <p className="muted">
          {spent.unpriced} requests have no known price: more was spent than the cost says.
        </p>
      )}
    </ScrollX>
  );
}

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
