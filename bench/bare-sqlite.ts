import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator } from '@baton/core';
import { PATH, startWorkflows } from './path.ts';
import { type Candidate, timedWork } from './sample.ts';

/**
 * The floor: the same rows into the same tables at the same durability, by prepared statements with
 * values that are ready, `group` changes to a transaction. No validation, no decision, no promise.
 */
export function bareSqliteCandidate(folder: string, group: number, builds: number): Candidate {
  let files = 0;
  return {
    name: `bare SQLite, groups of ${group}`,
    async run() {
      const path = `${folder}/bare-${group}-${files++}.db`;
      const store = await createSqliteStore({ path });
      const ids = await startWorkflows(createOrchestrator({ store }), builds);
      await store.close();
      const database = new DatabaseSync(path);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      database.exec('PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 8000');
      const write = prepareWrite(database);
      const measured = timedWork(builds * PATH.length, () => {
        for (let from = 0; from < ids.length; from += group) {
          for (let step = 0; step < PATH.length; step++) {
            database.exec('BEGIN IMMEDIATE');
            for (const id of ids.slice(from, from + group)) write(id, step);
            database.exec('COMMIT');
          }
        }
      });
      database.close();
      return measured;
    },
  };
}

function prepareWrite(database: DatabaseSync): (id: string, step: number) => void {
  const phases = PATH.filter(({ result }) => result).map((step) => step.completedState);
  const updates = PATH.map((_, step) => {
    const known = phases.slice(0, PATH.slice(0, step + 1).filter((one) => one.result).length);
    const columns = known.map((phase) => `${phase}_phase = ?`).join(', ');
    const sql = `UPDATE build_workflows SET current_state = ?, updated_at = ?, ${columns}, role = ?,
      revision = ?, sequence = ?, not_before = ?, details = ? WHERE id = ? AND revision = ?`;
    return { known, statement: database.prepare(sql) };
  });
  const handoff = database.prepare(
    `INSERT INTO workflow_handoffs
     (workflow_id, number, from_role, to_role, from_state, to_state, data_transferred, timestamp)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const event = database.prepare(
    `INSERT INTO workflow_events
     (workflow_id, sequence, event_type, triggered_by, event_data, timestamp, revision, epoch)
     VALUES (?, ?, 'state_advanced', ?, ?, ?, ?, 1)`,
  );
  const texts = new Map(PATH.map((one) => [one.completedState, JSON.stringify(one.result ?? {})]));
  const textOf = (state: string): string => texts.get(state) ?? '{}';
  const details = 'd'.repeat(700);
  const now = Date.now();
  return (id, step) => {
    const found = updates[step];
    const { completedState, role } = PATH[step] as (typeof PATH)[number];
    const next = PATH[step + 1];
    const revision = step + 2;
    const outputs = (found?.known ?? []).map(textOf);
    const state = next?.completedState ?? 'complete';
    found?.statement.run(
      state,
      now,
      ...outputs,
      next?.role ?? null,
      revision,
      revision,
      now,
      details,
      id,
      revision - 1,
    );
    const data = outputs.at(-1) ?? '{}';
    handoff.run(id, step + 1, role, next?.role ?? null, completedState, state, data, now);
    event.run(id, revision, role, '{"from":"discovery","to":"planning"}', now, revision);
  };
}
