import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SupersededBy } from '@baton/core';
import { canonicalJson, parseJson } from '@baton/core/internal';
import { migrate, refuseForeign } from '../../stores/sqlite/database-schema.ts';
import { toBatonError, whenFree } from '../../stores/sqlite/open-database.ts';
import type { ArtifactBackend } from '../artifact-backend.ts';
import { COLUMNS, conditionOf, type Row, toArtifact, valuesOf } from '../artifact-row.ts';
import { inOnePiece } from '../packing.ts';
import { ARTIFACTS } from './tables.ts';

/*
 * 1. Content and artifact are written in one IMMEDIATE transaction, answered after COMMIT with
 *    synchronous=FULL: a crash leaves no content without an artifact.
 * 2. A lock is waited for outside of SQLite: meanwhile the process does everything else.
 */

export async function openSqliteBackend(
  path: string,
  busyTimeoutMs: number,
): Promise<ArtifactBackend> {
  const name = `the database ${path}`;
  try {
    if (path !== ':memory:') await mkdir(dirname(path), { recursive: true });
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      await whenFree(() => prepare(database, path), busyTimeoutMs);
      return backendOf(database, name, busyTimeoutMs);
    } catch (reason) {
      database.close();
      throw reason;
    }
  } catch (reason) {
    throw toBatonError(reason, name);
  }
}

function prepare(database: DatabaseSync, path: string): void {
  refuseForeign(database, path, ARTIFACTS);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA foreign_keys = ON');
  migrate(database, path, ARTIFACTS);
}

function backendOf(database: DatabaseSync, name: string, busyTimeoutMs: number): ArtifactBackend {
  const free = <T>(work: () => T): Promise<T> => whenFree(work, busyTimeoutMs);
  const sql = {
    known: database.prepare('SELECT * FROM artifacts WHERE workflow_id = ? AND identity = ?'),
    content: database.prepare(
      'SELECT content FROM artifact_content WHERE workflow_id = ? AND digest = ?',
    ),
    used: database.prepare(
      'SELECT coalesce(sum(length(content)), 0) AS bytes FROM artifact_content WHERE workflow_id = ?',
    ),
    last: database.prepare(
      'SELECT coalesce(max(number), 0) AS number FROM artifacts WHERE workflow_id = ?',
    ),
    addContent: database.prepare('INSERT INTO artifact_content VALUES (?, ?, ?)'),
    add: database.prepare(
      `INSERT INTO artifacts (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
    ),
    mark: database.prepare('INSERT OR IGNORE INTO artifact_marks VALUES (?, ?)'),
    marks: database.prepare('SELECT superseded_by FROM artifact_marks WHERE workflow_id = ?'),
    workflows: database.prepare(
      `SELECT workflow_id, max(created_at) AS newest_at,
         (SELECT sum(length(content)) FROM artifact_content c WHERE c.workflow_id = a.workflow_id) AS bytes
       FROM artifacts a GROUP BY workflow_id`,
    ),
    remove: ['artifacts', 'artifact_content', 'artifact_marks'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE workflow_id = ?`),
    ),
  };

  function inTransaction<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (reason) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw reason;
    }
  }

  return {
    name,

    packing: inOnePiece(name, (workflowId, digest) =>
      free(() => sql.content.get(workflowId, digest)?.['content'] as Uint8Array | undefined),
    ),

    keep: (artifact, content, room) =>
      free(() =>
        inTransaction(() => {
          const { workflowId, identity, digest } = artifact;
          const known = sql.known.get(workflowId, identity);
          if (known !== undefined) return toArtifact(known);
          if (sql.content.get(workflowId, digest) === undefined) {
            const used = Number(sql.used.get(workflowId)?.['bytes']);
            if (used + content.length > room) return undefined;
            sql.addContent.run(workflowId, digest, content);
          }
          const number = Number(sql.last.get(workflowId)?.['number']) + 1;
          sql.add.run(...valuesOf({ ...artifact, number }));
          return toArtifact(sql.known.get(workflowId, identity) as Row);
        }),
      ),

    list: (query) =>
      free(() => {
        const { condition, values } = conditionOf(query, () => '?');
        return database
          .prepare(`SELECT * FROM artifacts WHERE ${condition} ORDER BY number LIMIT ?`)
          .all(...values, query.limit)
          .map(toArtifact);
      }),

    mark: async (workflowId, by) => {
      await free(() => sql.mark.run(workflowId, canonicalJson(by)));
    },

    marks: (workflowId) =>
      free(() =>
        sql.marks
          .all(workflowId)
          .map((row) => parseJson(String(row['superseded_by'])) as unknown as SupersededBy),
      ),

    workflows: () =>
      free(() =>
        sql.workflows.all().map((row) => ({
          workflowId: String(row['workflow_id']),
          newestAt: Number(row['newest_at']),
          bytes: Number(row['bytes']),
        })),
      ),

    remove: (workflowId) =>
      free(() =>
        inTransaction(() => {
          for (const statement of sql.remove) statement.run(workflowId);
        }),
      ),

    // None is left by a crash.
    removeOrphans: async () => 0,

    explain: (reason) => toBatonError(reason, name),

    async close() {
      database.close();
    },
  };
}
