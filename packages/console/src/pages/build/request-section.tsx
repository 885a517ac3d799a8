import { useRequest } from '../../api/queries.ts';
import { useHasPainted } from '../../api/use-has-painted.ts';
import { Failed } from '../../components/feedback.tsx';
import { Request } from '../../components/request.tsx';

/** What a build was asked for. */
export function RequestSection({ workflowId }: { workflowId: string }) {
  const { data, isError, error, refetch } = useRequest(workflowId, useHasPainted());
  return (
    <section aria-label="Request" className="request">
      <h2 className="request-name">Request</h2>
      {isError && data === undefined && (
        <Failed what="The request could not be read" error={error} again={refetch} />
      )}
      {data !== undefined && (
        <Request requirements={data.requirements ?? {}} metadata={data.metadata} />
      )}
    </section>
  );
}
