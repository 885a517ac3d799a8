import { useMay } from '../../api/caller.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Empty, Failed, Loading } from '../../components/feedback.tsx';
import { BuildFilters } from './build-filters.tsx';
import { BuildTable } from './build-table.tsx';
import { useBuilds } from './use-builds.ts';

/** All builds that the caller may see, newest first, as they are now. */
export function BuildsPage() {
  const [project] = useParam('project');
  const [state] = useParam('state');
  const [role] = useParam('role');
  const [search] = useParam('search');
  const builds = useBuilds({ project, state, role, search });
  const { rows, isPending, hasMore, error } = builds;
  const mayStart = useMay('start');
  const isFiltered = [project, state, role, search].some((value) => value !== '');
  return (
    <div className="page page-fixed">
      <div className="page-head">
        <h1>Builds</h1>
        <span className="muted number" role="status">
          {!isPending &&
            error === undefined &&
            `${rows.length}${hasMore ? '+' : ''}${isFiltered ? ' found' : ''}`}
        </span>
        {mayStart && (
          <Link className="button primary" to={{ page: 'start' }}>
            Start a build
          </Link>
        )}
      </div>
      <BuildFilters />
      {error !== undefined && error.code !== 'unavailable' && (
        <>
          <Failed what="The builds could not be read" error={error} />
          <p className="muted">They are read again every few seconds.</p>
        </>
      )}
      {isPending && <Loading what="builds" />}
      {rows.length > 0 && <BuildTable builds={rows} onShow={builds.show} />}
      {!isPending && rows.length === 0 && error === undefined && (
        <NoBuilds isFiltered={isFiltered} mayStart={mayStart} />
      )}
    </div>
  );
}

function NoBuilds({ isFiltered, mayStart }: { isFiltered: boolean; mayStart: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No build matches">
        <Link to={{ page: 'builds' }}>Show all builds</Link>
      </Empty>
    );
  }
  return (
    <Empty title="No builds yet">
      <p>
        A build appears here as soon as it begins: from a repository with{' '}
        <code>baton run 'what to build'</code>
        {mayStart && ', or with “Start a build”'}.
      </p>
    </Empty>
  );
}
