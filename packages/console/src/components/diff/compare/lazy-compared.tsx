import { queryClient } from '../../../api/query-client.ts';
import type { Unread } from '../../feedback.tsx';
import { type LazyCode, loadAhead, useUnreadWith, WithCode } from '../../lazy-code.tsx';
import type { ComparedProps, KeptDiff } from './compared.tsx';

const code: LazyCode<typeof import('./compared.tsx')> = {
  name: 'comparisons',
  load: () => import('./compared.tsx'),
};

/** Makes a comparison that is about to be looked at. What fails is told when it is. */
export async function compareAhead(workflowId: string, steps: readonly KeptDiff[]): Promise<void> {
  const loaded = await loadAhead(code);
  if (loaded !== undefined)
    await queryClient.prefetchQuery(loaded.comparedQuery(workflowId, steps));
}

/** Makes a comparison, whether it is shown or not. @returns undefined once it is made. */
export function useComparedUnread(
  props: Pick<ComparedProps, 'workflowId' | 'steps'> | undefined,
): Unread | undefined {
  return useUnreadWith(
    code,
    props && (({ comparedQuery }) => comparedQuery(props.workflowId, props.steps)),
  );
}

/** A comparison, whose code is loaded with the first that is looked at. */
export function Compared(props: ComparedProps) {
  return (
    <WithCode code={code} what="the comparison">
      {({ Compared: View }) => <View {...props} />}
    </WithCode>
  );
}
