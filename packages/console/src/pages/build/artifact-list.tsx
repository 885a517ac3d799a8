import type { Artifact } from '@baton/core/api';
import type { ReactNode } from 'react';
import { changeQuery, useParam } from '../../app/router.tsx';
import { bytes, title } from '../../components/format.ts';

/** What is looked at is an artifact, or a comparison. */
const NO_COMPARISON = { from: '', to: '' };

interface ArtifactListProps {
  readonly label: string;
  readonly artifacts: readonly Artifact[];
  readonly chosen: Artifact | undefined;
  /** Why nothing rests on an artifact any more. */
  readonly stale: (artifact: Artifact) => string | undefined;
  /** What stands beside its name. Default: its size. */
  readonly mark?: (artifact: Artifact) => ReactNode;
  /** What there is to look at that is no artifact, as the first of the list. */
  readonly first?: ReactNode;
}

/** Artifacts by attempt, newest first; the one that is looked at is in the address. All diffs have one name. */
export function ArtifactList({ label, artifacts, chosen, stale, mark, first }: ArtifactListProps) {
  return (
    <nav className="artifacts" aria-label={label}>
      <ul>
        {first !== undefined && <li>{first}</li>}
        {artifacts.toReversed().map((artifact) => {
          const { number, kind, name, state, epoch, attempt, size, truncated } = artifact;
          return (
            <li key={number}>
              <button
                type="button"
                className={`artifact${stale(artifact) === undefined ? '' : ' is-stale'}`}
                aria-current={number === chosen?.number}
                onClick={() => changeQuery({ ...NO_COMPARISON, artifact: String(number) })}
              >
                <span className="artifact-name">{kind === 'diff' ? title(state) : name}</span>
                {mark?.(artifact) ?? <span className="muted number">{bytes(size)}</span>}
                <span className="muted artifact-from">
                  {kind === 'diff' ? name : title(state)}, epoch {epoch}
                  {attempt > 1 && `, attempt ${attempt}`}
                  {truncated && ', shortened'}
                </span>
                {stale(artifact) !== undefined && <span className="tag tag-warning">stale</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The artifact of the address, else the newest that stands, else the newest. */
export function useChosen(artifacts: readonly Artifact[]): Artifact | undefined {
  const [number] = useParam('artifact');
  return (
    artifacts.find((one) => String(one.number) === number) ??
    artifacts.findLast(({ superseded }) => !superseded) ??
    artifacts.at(-1)
  );
}
