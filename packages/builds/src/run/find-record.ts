import { existsSync } from 'node:fs';
import { BatonError } from '@baton/core';
import type { Caller } from '../caller.ts';
import { batonFolder } from '../state/baton-folder.ts';
import { createRunRecords, type RunRecord } from './run-records.ts';

type Context = Pick<Caller, 'env'>;

/** Returns the records of the builds that were started in a workspace, newest first. */
export function recordsOf(workspace: string, { env }: Context): readonly RunRecord[] {
  const { runs } = batonFolder(workspace, env);
  return existsSync(runs) ? createRunRecords(runs).all() : [];
}

/**
 * Finds the record of a build.
 *
 * @param id of the workflow or the build.
 * @throws BatonError `not_found` that lists the known builds.
 */
export function findRecord(id: string, workspace: string, context: Context): RunRecord {
  const all = recordsOf(workspace, context);
  const found = all.find((one) => one.workflowId === id || one.buildId === id);
  if (found !== undefined) return found;
  const known = all.map(({ buildId }) => buildId);
  const message = `no build '${id}' was begun in ${workspace}; builds: ${known.join(', ') || 'none'}`;
  throw new BatonError('not_found', message, { legal: known });
}
