import type { SupersededBy } from '@baton/core';
import { canonicalJson, parseJson } from '@baton/core/internal';
import { tableNames } from '../../stores/postgres/columns.ts';
import { toBatonError } from '../../stores/postgres/errors.ts';
import type { PostgresPool } from '../../stores/postgres/pool.ts';
import type { ArtifactBackend } from '../artifact-backend.ts';
import { COLUMNS, conditionOf, toArtifact, valuesOf } from '../artifact-row.ts';
import { inOnePiece } from '../packing.ts';
import { inTransaction, type Query } from './in-transaction.ts';
import { LOCK } from './tables.ts';

/*
 * 1. Content and artifact are written in one transaction: a crash leaves no content without an artifact.
 * 2. What writes a workflow's artifacts, or removes them, holds its advisory lock: numbers have no gaps, and
 *    appear in their order.
 */

export interface PostgresPlace {
  readonly pool: PostgresPool;
  readonly schema: string | undefined;
  readonly queryTimeoutMs: number;
  close(): Promise<void>;
}

const place = (nth: number): string => `$${nth}`;

export function createPostgresBackend(options: PostgresPlace): ArtifactBackend {
  const { pool, schema, queryTimeoutMs, close } = options;
  const t = tableNames(schema);
  const [artifacts, contents, marks] = ['artifacts', 'artifact_content', 'artifact_marks'].map(t);
  const name = 'the PostgreSQL database';

  const ask = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
    inTransaction(pool, queryTimeoutMs, work);

  function locked<T>(workflowId: string, work: (query: Query) => Promise<T>): Promise<T> {
    return ask(async (query) => {
      await query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, workflowId]);
      return work(query);
    });
  }

  return {
    name,

    packing: inOnePiece(name, (workflowId, digest) =>
      ask(async (query) => {
        const [row] = await query(
          `SELECT content FROM ${contents} WHERE workflow_id = $1 AND digest = $2`,
          [workflowId, digest],
        );
        return row?.['content'] as Uint8Array | undefined;
      }),
    ),

    keep: (artifact, content, room) =>
      locked(artifact.workflowId, async (query) => {
        const { identity, ...stored } = artifact;
        const { workflowId, digest } = stored;
        const identified = [workflowId, identity];
        const [known] = await query(
          `SELECT * FROM ${artifacts} WHERE workflow_id = $1 AND identity = $2`,
          identified,
        );
        if (known !== undefined) return toArtifact(known);
        const [found] = await query(
          `SELECT coalesce((SELECT sum(bytes) FROM ${contents} WHERE workflow_id = $1), 0) AS used,
             coalesce((SELECT max(number) FROM ${artifacts} WHERE workflow_id = $1), 0) AS last,
             EXISTS (SELECT FROM ${contents} WHERE workflow_id = $1 AND digest = $2)::int AS has_content`,
          [workflowId, digest],
        );
        if (found?.['has_content'] !== 1) {
          if (Number(found?.['used']) + content.length > room) return undefined;
          const values = [workflowId, digest, content.length, Buffer.from(content)];
          await query(`INSERT INTO ${contents} VALUES ($1, $2, $3, $4)`, values);
        }
        const number = Number(found?.['last']) + 1;
        const places = COLUMNS.map((_, i) => place(i + 1)).join(', ');
        await query(
          `INSERT INTO ${artifacts} (${COLUMNS.join(', ')}) VALUES (${places})`,
          valuesOf({ ...artifact, number }),
        );
        return { ...stored, number };
      }),

    list: (asked) =>
      ask(async (query) => {
        const { condition, values } = conditionOf(asked, place);
        const limit = place(values.length + 1);
        const rows = await query(
          `SELECT * FROM ${artifacts} WHERE ${condition} ORDER BY number LIMIT ${limit}`,
          [...values, asked.limit],
        );
        return rows.map(toArtifact);
      }),

    mark: (workflowId, by) =>
      ask(async (query) => {
        const values = [workflowId, canonicalJson(by)];
        await query(`INSERT INTO ${marks} VALUES ($1, $2) ON CONFLICT DO NOTHING`, values);
      }),

    marks: (workflowId) =>
      ask(async (query) => {
        const rows = await query(`SELECT superseded_by FROM ${marks} WHERE workflow_id = $1`, [
          workflowId,
        ]);
        return rows.map(
          (row) => parseJson(String(row['superseded_by'])) as unknown as SupersededBy,
        );
      }),

    workflows: () =>
      ask(async (query) => {
        const rows = await query(
          `SELECT workflow_id, max(created_at) AS newest_at,
             (SELECT sum(bytes) FROM ${contents} c WHERE c.workflow_id = a.workflow_id) AS bytes
           FROM ${artifacts} a GROUP BY workflow_id`,
        );
        return rows.map((row) => ({
          workflowId: String(row['workflow_id']),
          newestAt: Number(row['newest_at']),
          bytes: Number(row['bytes']),
        }));
      }),

    remove: (workflowId) =>
      locked(workflowId, async (query) => {
        for (const table of [artifacts, contents, marks]) {
          await query(`DELETE FROM ${table} WHERE workflow_id = $1`, [workflowId]);
        }
      }),

    // None is left by a crash.
    removeOrphans: async () => 0,

    explain: (reason) => toBatonError(reason, name),
    close,
  };
}
