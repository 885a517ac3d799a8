import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type JournaledCall,
  openUsageJournal,
  readUsageJournal,
  type UsageJournal,
} from '@baton/adapters/gateway';
import type { Assignment } from '@baton/core';

/** What the model calls of a build used, call by call: a file for each attempt, numbered from 1. */
export interface UsageJournals {
  /** The number that the next journal of the build gets. */
  next(workflowId: string): number;
  /** Begins the journal of an attempt. */
  open(assignment: Pick<Assignment, 'workflowId'>): UsageJournal;
  /**
   * The calls of the journals from that number on, up to another one; undefined where there is no such journal.
   *
   * @throws BatonError `data_loss` for a journal that cannot be read.
   */
  calls(workflowId: string, from: number, until?: number): readonly JournaledCall[] | undefined;
}

const SUFFIX = '.jsonl';

/** @param folder that has the journals of every build, absolute. */
export function createUsageJournals(folder: string): UsageJournals {
  const place = (workflowId: string) => join(folder, `${workflowId}.usage`);

  function numbers(workflowId: string): readonly number[] {
    if (!existsSync(place(workflowId))) return [];
    return readdirSync(place(workflowId))
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => Number.parseInt(name, 10))
      .sort((a, b) => a - b);
  }

  const next = (workflowId: string) => (numbers(workflowId).at(-1) ?? 0) + 1;
  const pathOf = (workflowId: string, number: number) =>
    join(place(workflowId), `${String(number).padStart(6, '0')}${SUFFIX}`);
  return {
    next,
    open: ({ workflowId }) => openUsageJournal(pathOf(workflowId, next(workflowId))),
    calls(workflowId, from, until = Number.POSITIVE_INFINITY) {
      const found = numbers(workflowId).filter((number) => number >= from && number < until);
      if (found.length === 0) return undefined;
      return found.flatMap((number) => readUsageJournal(pathOf(workflowId, number)));
    },
  };
}
