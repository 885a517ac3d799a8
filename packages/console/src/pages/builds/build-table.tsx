import type { WorkflowStatus } from '@baton/core/api';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState } from 'react';
import { showUntilRead } from '../../api/queries.ts';
import { watchAhead } from '../../api/shared-watches.ts';
import { Link } from '../../app/router.tsx';
import { firstRect } from '../../components/first-rect.ts';
import { cost, title, tokens } from '../../components/format.ts';
import { endedAt, StatusBadge } from '../../components/status.tsx';
import { Ago, Elapsed } from '../../components/time.tsx';
import { spentOf } from './spent.ts';
import { useSlots } from './use-slots.ts';

const ROW_PX = 40;
/** Below this width a row has two lines. */
const NARROW = 900;
const NARROW_ROW_PX = 84;

interface BuildTableProps {
  readonly builds: readonly WorkflowStatus[];
  /** Hears which rows are seen. */
  readonly onShow: (first: number, last: number) => void;
}

/** Builds by rows; only those that are seen are in the page. */
export function BuildTable({ builds, onShow }: BuildTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const size = isNarrow ? NARROW_ROW_PX : ROW_PX;
  const virtual = useVirtualizer({
    count: builds.length,
    getScrollElement: () => frame.current,
    initialRect: firstRect(),
    getItemKey: (index) => builds[index]?.workflowId ?? index,
    estimateSize: () => size,
    overscan: 5,
  });
  useEffect(() => virtual.measure(), [size]);
  const items = virtual.getVirtualItems();
  const slots = useSlots(items.map(({ key }) => String(key)));
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onShow(first, last), [first, last, onShow]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="builds" ref={frame} aria-label="Builds" tabIndex={0}>
      <table aria-rowcount={builds.length + 1}>
        <thead>
          <tr className="build-row" aria-rowindex={1}>
            {COLUMNS.map(({ name, className }) => (
              <th key={name} scope="col" className={className}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, key }) => {
            const build = builds[index];
            const slot = slots.get(String(key));
            return build && <BuildRow key={slot} build={build} index={index} start={start} />;
          })}
        </tbody>
      </table>
    </section>
  );
}

const COLUMNS = [
  { name: 'Build', className: 'cell-build' },
  { name: 'Project', className: 'cell-project' },
  { name: 'Status', className: 'cell-status' },
  { name: 'Role to act', className: 'cell-role' },
  { name: 'Progress', className: 'cell-progress' },
  { name: 'Retries', className: 'cell-number' },
  { name: 'Tokens', className: 'cell-number' },
  { name: 'Cost', className: 'cell-number' },
  { name: 'Time', className: 'cell-number' },
  { name: 'Started', className: 'cell-started' },
] as const;

interface BuildRowProps {
  readonly build: WorkflowStatus;
  readonly index: number;
  readonly start: number;
}

const BuildRow = memo(function BuildRow({ build, index, start }: BuildRowProps) {
  const spent = spentOf(build);
  const { workflowId, buildId, projectId, role, progressPercent, retries, createdAt } = build;
  return (
    <tr
      className="build-row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${start}px)` }}
    >
      <td className="cell-build">
        <Link
          // Another build's link is another element: it does not take over the focus.
          key={workflowId}
          to={{ page: 'build', workflowId, tab: 'timeline' }}
          title={buildId}
          onClick={() => showUntilRead(build)}
          onIntent={() => watchAhead(workflowId)}
        >
          {buildId}
        </Link>
      </td>
      <td className="cell-project" title={projectId}>
        {projectId}
      </td>
      <td className="cell-status">
        <StatusBadge status={build} />
      </td>
      <td className="cell-role">{role === undefined ? '' : title(role)}</td>
      <td className="cell-progress">
        <span className="progress" style={progressBar(progressPercent)} />
        <span className="number">{progressPercent} %</span>
      </td>
      <td className="cell-number">{retries}</td>
      <td className="cell-number">{tokens(spent.tokens)}</td>
      <td className="cell-number">{cost(spent.cost)}</td>
      <td className="cell-number">
        <Elapsed from={createdAt} to={endedAt(build)} />
      </td>
      <td className="cell-started">
        <Ago at={createdAt} />
      </td>
    </tr>
  );
});

const BAR_PX = 56;

/** Drawn by one box: a `progress` takes four, which a long list shows. */
function progressBar(percent: number) {
  return { width: BAR_PX, borderLeftWidth: (BAR_PX * percent) / 100 };
}

function useIsNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(`(max-width: ${NARROW}px)`).matches);
  useEffect(() => {
    const media = matchMedia(`(max-width: ${NARROW}px)`);
    const listen = () => setIsNarrow(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, []);
  return isNarrow;
}
