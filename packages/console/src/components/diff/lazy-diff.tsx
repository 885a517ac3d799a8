import { queryClient } from '../../api/query-client.ts';
import { type LazyCode, loadAhead, WithCode } from '../lazy-code.tsx';
import type { DiffProps } from './diff-view.tsx';

const code: LazyCode<typeof import('./diff-view.tsx')> = {
  name: 'diffs',
  load: () => import('./diff-view.tsx'),
};

/** Reads a diff that is about to be looked at. What fails is told when it is. */
export async function readDiffAhead({ workflowId, artifact }: DiffProps): Promise<void> {
  const loaded = await loadAhead(code);
  if (loaded !== undefined) await queryClient.prefetchQuery(loaded.diffQuery(workflowId, artifact));
}

/** The diff, whose code is loaded with the first that is looked at. */
export function Diff(props: DiffProps) {
  return (
    <WithCode code={code} what="the diff">
      {({ DiffView }) => <DiffView {...props} />}
    </WithCode>
  );
}
