import { lazy, Suspense } from 'react';
import { Loading } from '../feedback.tsx';
import type { DiffProps } from './diff-view.tsx';

const DiffView = lazy(async () => ({ default: (await import('./diff-view.tsx')).DiffView }));

/** The diff, whose code is loaded with the first that is looked at. */
export function Diff(props: DiffProps) {
  return (
    <Suspense fallback={<Loading what="the diff" />}>
      <DiffView {...props} />
    </Suspense>
  );
}
