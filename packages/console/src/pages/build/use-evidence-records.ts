import type { Artifact, DefinitionDescription, Handoff } from '@baton/core/api';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { contentQuery } from '../../api/queries.ts';
import { isRecordOfRuns, type PlacedRecord, recordsKept, recordsOf } from './evidence.ts';

/** The same function each time: what came of it stays the same until there is more. */
function combineTexts(results: readonly { readonly data: string | undefined }[]) {
  return results.map(({ data }) => data);
}

/** What was really run: as outputs carry it, and, of attempts that came to nothing, as it was kept. */
export function useEvidenceRecords(
  workflowId: string,
  artifacts: readonly Artifact[],
  handoffs: readonly Handoff[],
  definition: DefinitionDescription | undefined,
): readonly PlacedRecord[] {
  const kept = useMemo(() => artifacts.filter(isRecordOfRuns), [artifacts]);
  const texts = useQueries({
    queries: kept.map((artifact) => contentQuery(workflowId, artifact)),
    combine: combineTexts,
  });
  return useMemo(
    () => [
      ...recordsOf(handoffs, definition),
      ...kept.flatMap((artifact, at) => recordsKept(texts[at] ?? '', artifact)),
    ],
    [handoffs, definition, kept, texts],
  );
}
