import { useEffect, useMemo, useRef } from 'react';
import { Link } from '../../app/router.tsx';
import { BUILD_TABS, type BuildTab } from '../../app/routes.ts';
import { title } from '../../components/format.ts';
import type { BuildView } from './build-view.ts';
import { readChangesAhead } from './changes-tab.tsx';
import { evidenceOf, recordsOf } from './evidence.ts';

/** The parts of a build's page. Where they are wider than the page, the one that is shown is in sight. */
export function BuildTabs({ view, tab }: { view: BuildView; tab: BuildTab }) {
  const bar = useRef<HTMLElement>(null);
  const counts = useCounts(view);
  const all = JSON.stringify(counts);
  // Counts make tabs wider, so it is looked after again when they change.
  useEffect(() => {
    void all;
    if (bar.current !== null) showCurrent(bar.current);
  }, [tab, all]);
  return (
    <nav ref={bar} className="tabs" aria-label="Parts of this build">
      {BUILD_TABS.map((one) => (
        <Link
          key={one}
          to={{ page: 'build', workflowId: view.status.workflowId, tab: one }}
          onIntent={one === 'changes' ? () => readChangesAhead(view) : undefined}
          aria-current={one === tab ? 'page' : undefined}
        >
          {title(one)}
          {counts[one] !== undefined && <span className="count">{counts[one]}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** Scrolls the bar alone: the page stays where it is. */
function showCurrent(bar: HTMLElement): void {
  const current = bar.querySelector('[aria-current]')?.getBoundingClientRect();
  if (current === undefined) return;
  const { left, right } = bar.getBoundingClientRect();
  if (current.right > right) bar.scrollLeft += current.right - right;
  if (current.left < left) bar.scrollLeft -= left - current.left;
}

/** How much each part has; absent where that is not known. */
function useCounts(view: BuildView): Readonly<Partial<Record<BuildTab, number>>> {
  const { status, artifacts, hasNoStore, artifactsUnread, handoffs, definition } = view;
  const isKnown = !hasNoStore && artifactsUnread === undefined;
  return useMemo(() => {
    const ofKinds = (...kinds: readonly string[]) =>
      artifacts.filter(({ kind }) => kinds.includes(kind)).length;
    return {
      handoffs: status.handoffs,
      ...(isKnown && {
        changes: ofKinds('diff'),
        evidence: evidenceOf(artifacts, recordsOf(handoffs, definition), [], undefined).length,
        logs: ofKinds('transcript', 'output'),
      }),
    };
  }, [status.handoffs, artifacts, isKnown, handoffs, definition]);
}
