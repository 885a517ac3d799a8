import { lazy, Suspense } from 'react';
import { Loading } from '../../feedback.tsx';
import type { ComparedProps } from './compared.tsx';

const View = lazy(async () => ({ default: (await import('./compared.tsx')).Compared }));

/** A comparison, whose code is loaded with the first that is looked at. */
export function Compared(props: ComparedProps) {
  return (
    <Suspense fallback={<Loading what="the comparison" />}>
      <View {...props} />
    </Suspense>
  );
}
