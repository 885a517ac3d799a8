import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import type { Caller } from '../caller.ts';
import { batonFolder } from '../state/baton-folder.ts';
import { writeWhole } from '../state/write-whole.ts';

/** What a build of this workspace was asked for: enough to go on with it. */
const runRecord = z.object({
  workflowId: z.string(),
  buildId: z.string(),
  projectId: z.string(),
  request: z.string(),
  /** The build id that the request and the workspace give; absent when one was named. */
  derivedFrom: z.string().optional(),
  /** Absolute path of the configuration. */
  config: z.string(),
  /** Where its state is; absent: in the workspace. */
  server: z.string().optional(),
  /** The URL of its artifacts, as the configuration had it; absent: they lie with what else is kept of it. */
  artifacts: z.string().optional(),
  /** Absolute path of the cassette to replay from, or to record into. */
  replay: z.string().optional(),
  record: z.string().optional(),
  /** The same, of what models answer. */
  replayModels: z.string().optional(),
  recordModels: z.string().optional(),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
});

export type RunRecord = z.infer<typeof runRecord>;

/** The cassettes that a build records into, or replays from; absolute paths. */
export type Cassettes = Pick<RunRecord, 'record' | 'replay' | 'recordModels' | 'replayModels'>;

/** The part of a record or of options that names cassettes. */
export function cassettesOf({ record, replay, recordModels, replayModels }: Cassettes): Cassettes {
  return { record, replay, recordModels, replayModels };
}

/** The records of the builds that were begun here. A convenience: the store is the truth. */
export interface RunRecords {
  /** The newest first. Unreadable ones are left out. */
  all(): readonly RunRecord[];
  write(record: RunRecord): void;
  /** Where the run of a workflow keeps what is only of concern here. */
  pathFor(workflowId: string, kind: 'lock' | 'claim'): string;
}

export function createRunRecords(folder: string): RunRecords {
  return {
    all() {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => read(join(folder, name)))
        .sort((a, b) => b.startedAt - a.startedAt);
    },
    write(record) {
      const path = join(folder, `${record.workflowId}.json`);
      writeWhole(path, `${JSON.stringify(record, undefined, 2)}\n`);
    },
    pathFor: (workflowId, kind) => join(folder, `${workflowId}.${kind}`),
  };
}

function read(path: string): readonly RunRecord[] {
  try {
    const parsed = runRecord.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

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
