import { useEffect, useRef } from 'react';
import { Link } from '../../app/router.tsx';
import { BUILD_TABS, type BuildTab } from '../../app/routes.ts';
import { title } from '../../components/format.ts';
import type { BuildView } from './build-view.ts';
import { readChangesAhead } from './changes-tab.tsx';
import { isShownAsEvidence } from './evidence.ts';

/** The parts of a build's page. Where they are wider than the page, the one that is shown is in sight. */
export function BuildTabs({ view, tab }: { view: BuildView; tab: BuildTab }) {
  const bar = useRef<HTMLElement>(null);
  const { handoffs, artifacts } = view;
  // Counts make tabs wider, so it is looked after again when they change.
  useEffect(() => {
    if (bar.current !== null) showCurrent(bar.current);
  }, [tab, handoffs.length, artifacts.length]);
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
          <TabCount view={view} tab={one} />
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

function TabCount({ view, tab }: { view: BuildView; tab: BuildTab }) {
  const count = countOf(view, tab);
  return count === undefined ? null : <span className="count">{count}</span>;
}

function countOf(
  { status, artifacts, hasNoStore, artifactsUnread }: BuildView,
  tab: BuildTab,
): number | undefined {
  if (tab === 'handoffs') return status.handoffs;
  if (hasNoStore || artifactsUnread !== undefined) return undefined;
  switch (tab) {
    case 'changes':
      return artifacts.filter(({ kind }) => kind === 'diff').length;
    case 'evidence':
      return artifacts.filter(isShownAsEvidence).length;
    case 'logs':
      return artifacts.filter(({ kind }) => kind === 'transcript' || kind === 'output').length;
    case 'timeline':
    case 'budget':
      return undefined;
  }
}
