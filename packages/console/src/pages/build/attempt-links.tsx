import type { Artifact } from '@baton/core/api';
import { Link } from '../../app/router.tsx';
import { title } from '../../components/format.ts';
import type { AttemptEntry } from './timeline.ts';

/** Where what an attempt kept is looked at. */
const TABS = [
  { kind: 'diff', tab: 'changes', name: 'Changes' },
  { kind: 'output', tab: 'evidence', name: 'Evidence' },
  { kind: 'transcript', tab: 'logs', name: 'Log' },
] as const;

interface AttemptLinksProps {
  readonly workflowId: string;
  readonly entry: AttemptEntry;
  readonly artifacts: readonly Artifact[];
}

/** Leads from an attempt to its changes, its evidence and its log, where it kept them. */
export function AttemptLinks({ workflowId, entry, artifacts }: AttemptLinksProps) {
  const { state, epoch, attempt } = entry;
  const kept = artifacts.filter(
    (one) => one.state === state && one.epoch === epoch && one.attempt === attempt,
  );
  const links = TABS.flatMap(({ kind, ...link }) => {
    const last = kept.findLast((one) => one.kind === kind);
    return last === undefined ? [] : [{ ...link, artifact: String(last.number) }];
  });
  if (links.length === 0) return null;
  return (
    <p className="entry-links">
      {links.map(({ tab, name, artifact }) => (
        <Link
          key={tab}
          to={{ page: 'build', workflowId, tab }}
          query={{ artifact }}
          aria-label={`${title(state)}, epoch ${epoch}, attempt ${attempt}: ${name}`}
        >
          {name}
        </Link>
      ))}
    </p>
  );
}
