import type { Artifact, DefinitionDescription, Handoff } from '@baton/core/api';
import { type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { contentQuery } from '../../api/queries.ts';
import { firstUnread, type Unread, unreadOf } from '../../components/feedback.tsx';
import { isRecordOfRuns, type PlacedRecord, recordsKept, recordsOf } from './evidence.ts';

/** The same function each time: what came of it stays the same until there is more. */
function combineTexts(results: readonly UseQueryResult<string, Error>[]) {
  return {
    texts: results.map(({ data }) => data),
    unread: firstUnread(results.map(unreadOf)),
  };
}

/** What a page calls them. */
export const RECORDS = 'some records of what was run';

export interface EvidenceRecords {
  readonly records: readonly PlacedRecord[];
  /** Why some of the records that were kept are missing; undefined: they are all there. */
  readonly unread: Unread | undefined;
}

/** What was really run: as outputs carry it, and, of attempts that came to nothing, as it was kept. */
export function useEvidenceRecords(
  workflowId: string,
  artifacts: readonly Artifact[],
  handoffs: readonly Handoff[],
  definition: DefinitionDescription | undefined,
): EvidenceRecords {
  const kept = useMemo(() => artifacts.filter(isRecordOfRuns), [artifacts]);
  const { texts, unread } = useQueries({
    queries: kept.map((artifact) => contentQuery(workflowId, artifact)),
    combine: combineTexts,
  });
  const records = useMemo(
    () => [
      ...recordsOf(handoffs, definition),
      ...kept.flatMap((artifact, at) => recordsKept(texts[at] ?? '', artifact)),
    ],
    [handoffs, definition, kept, texts],
  );
  return { records, unread };
}
