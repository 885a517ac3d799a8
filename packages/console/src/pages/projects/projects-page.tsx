import { useProjects, useStats } from '../../api/queries.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Empty, Failed, Loading } from '../../components/feedback.tsx';
import { duration, percent, title } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';

/** Every project with its numbers, a page at a time. */
export function ProjectsPage() {
  const [pageToken] = useParam('page');
  const projects = useProjects(pageToken);
  const { projectIds = [], nextPageToken } = projects.data ?? {};
  return (
    <div className="page">
      <div className="page-head">
        <h1>Projects</h1>
      </div>
      {projects.isError && projects.data === undefined && (
        <Failed
          what="The projects could not be read"
          error={projects.error}
          again={projects.refetch}
        />
      )}
      {projects.isPending && <Loading what="projects" />}
      {projects.data !== undefined && projectIds.length === 0 && (
        <Empty title="No projects yet">
          <p>A project appears here with its first build.</p>
        </Empty>
      )}
      {projectIds.length > 0 && (
        <ScrollX label="Projects">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">Project</th>
                <th scope="col" className="cell-number">
                  Builds
                </th>
                <th scope="col" className="cell-number">
                  In progress
                </th>
                <th scope="col" className="cell-number">
                  Complete
                </th>
                <th scope="col" className="cell-number">
                  Failed
                </th>
                <th scope="col" className="cell-number">
                  Cancelled
                </th>
                <th scope="col" className="cell-number">
                  Success rate
                </th>
                <th scope="col" className="cell-number">
                  Average time
                </th>
                <th scope="col">Most common failure</th>
              </tr>
            </thead>
            <tbody>
              {projectIds.map((projectId) => (
                <ProjectRow key={projectId} projectId={projectId} />
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
      {(pageToken !== '' || nextPageToken !== undefined) && (
        <nav className="actions" aria-label="Pages of projects">
          {pageToken !== '' && (
            <Link className="button" to={{ page: 'projects' }}>
              First page
            </Link>
          )}
          {nextPageToken !== undefined && (
            <Link className="button" to={{ page: 'projects' }} query={{ page: nextPageToken }}>
              Next page
            </Link>
          )}
        </nav>
      )}
    </div>
  );
}

function ProjectRow({ projectId }: { projectId: string }) {
  const { data } = useStats(projectId);
  return (
    <tr>
      <th scope="row">
        <Link to={{ page: 'project', projectId }}>{projectId}</Link>
      </th>
      <td className="cell-number">{data?.total}</td>
      <td className="cell-number">{data?.inProgress}</td>
      <td className="cell-number">{data?.completed}</td>
      <td className="cell-number">{data?.failed}</td>
      <td className="cell-number">{data?.cancelled}</td>
      <td className="cell-number">
        {data?.successRate === undefined ? '–' : percent(data.successRate)}
      </td>
      <td className="cell-number">
        {data?.averageDurationMs === undefined ? '–' : duration(data.averageDurationMs)}
      </td>
      <td>
        {data?.mostCommonFailurePoint === undefined ? '–' : title(data.mostCommonFailurePoint)}
      </td>
    </tr>
  );
}
