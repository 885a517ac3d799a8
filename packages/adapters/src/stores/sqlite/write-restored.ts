import type { WorkflowRecord } from '@baton/core';
import {
  changingValues,
  fixedValues,
  OUTPUT_COLUMNS,
  outputValues,
} from '../relational/workflow-row.ts';
import type { Statements } from './statements.ts';
import { addCounts, insertRecords } from './write-commit.ts';

/** Writes a whole workflow inside the caller's transaction. */
export function writeRestored(statements: Statements, record: WorkflowRecord): void {
  const { snapshot, stats } = record;
  statements.insertWholeWorkflow.run(
    ...fixedValues(snapshot),
    ...changingValues(snapshot),
    ...outputValues(snapshot, OUTPUT_COLUMNS),
  );
  insertRecords(statements, snapshot.id, record);
  addCounts(statements, snapshot.projectId, stats);
}
