import { queryClient } from '../../api/query-client.ts';
import type { Unread } from '../feedback.tsx';
import { type LazyCode, loadAhead, useUnreadWith, WithCode } from '../lazy-code.tsx';
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

/** Reads a diff, whether it is shown or not. @returns undefined once all of it was read. */
export function useDiffUnread(props: DiffProps | undefined): Unread | undefined {
  return useUnreadWith(
    code,
    props && (({ diffQuery }) => diffQuery(props.workflowId, props.artifact)),
  );
}

/** The diff, whose code is loaded with the first that is looked at. */
export function Diff(props: DiffProps) {
  return (
    <WithCode code={code} what="the diff">
      {({ DiffView }) => <DiffView {...props} />}
    </WithCode>
  );
}
