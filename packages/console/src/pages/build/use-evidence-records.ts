import type { Artifact, DefinitionDescription, Handoff } from '@baton/core/api';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { contentQuery } from '../../api/queries.ts';
import type { EvidenceRecord } from '../../components/evidence-records.ts';
import { isRecordOfRuns, recordsKept, recordsOf } from './evidence.ts';

/** The same function each time: what came of it stays the same until there is more. */
function combineRecords(results: readonly { readonly data: string | undefined }[]) {
  return results.flatMap(({ data }) => (data === undefined ? [] : recordsKept(data)));
}

/** What was really run: as outputs carry it, and, of attempts that came to nothing, as it was kept. */
export function useEvidenceRecords(
  workflowId: string,
  artifacts: readonly Artifact[],
  handoffs: readonly Handoff[],
  definition: DefinitionDescription | undefined,
): readonly EvidenceRecord[] {
  const kept = useQueries({
    queries: artifacts.filter(isRecordOfRuns).map((artifact) => contentQuery(workflowId, artifact)),
    combine: combineRecords,
  });
  return useMemo(() => [...recordsOf(handoffs, definition), ...kept], [handoffs, definition, kept]);
}
