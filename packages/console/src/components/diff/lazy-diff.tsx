import { lazy, Suspense } from 'react';
import { Loading } from '../feedback.tsx';

const DiffView = lazy(async () => ({ default: (await import('./diff-view.tsx')).DiffView }));

/** The diff, whose code is loaded with the first that is looked at. */
export function Diff(props: { text: string; label: string }) {
  return (
    <Suspense fallback={<Loading what="the diff" />}>
      <DiffView {...props} />
    </Suspense>
  );
}
