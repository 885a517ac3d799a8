import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ArtifactStore } from '@baton/core';
import { type ArtifactLimits, describeArtifactContract } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createSqliteArtifactStore } from './sqlite-artifact-store.ts';

describeArtifactContract('a SQLite file', async () => {
  const path = join(temporaryFolder(), 'deep', 'artifacts.db');
  const opened: ArtifactStore[] = [];
  async function another(limits: ArtifactLimits = {}): Promise<ArtifactStore> {
    const store = await createSqliteArtifactStore({ path, ...limits });
    opened.push(store);
    return store;
  }
  return {
    store: await another(),
    another,
    async damage(workflowId, digest) {
      const database = new DatabaseSync(path);
      database
        .prepare(
          "UPDATE artifact_content SET content = x'28b52ffd' WHERE workflow_id = ? AND digest = ?",
        )
        .run(workflowId, digest);
      database.close();
    },
    async destroy() {
      for (const store of opened) await store.close();
    },
  };
});

describe('a SQLite file of artifacts', () => {
  const path = () => join(temporaryFolder(), 'artifacts.db');
  const refused = { name: 'BatonError', code: 'invalid_input' };

  it('is not one that another program or a newer version has written', async () => {
    const foreign = path();
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE notes (text TEXT)');
    await expect(createSqliteArtifactStore({ path: foreign })).rejects.toMatchObject(refused);
    database.exec('DROP TABLE notes');
    await (await createSqliteArtifactStore({ path: foreign })).close();
    database.exec('PRAGMA user_version = 99');
    await expect(createSqliteArtifactStore({ path: foreign })).rejects.toMatchObject(refused);
    database.close();
  });

  it('says that the file is none', async () => {
    const file = path();
    writeFileSync(
      file,
      'no database, but a text that is long enough to be taken for its header'.repeat(9),
    );
    await expect(createSqliteArtifactStore({ path: file })).rejects.toMatchObject({
      code: 'data_loss',
    });
  });

  it('waits for a lock of another process only so long', async () => {
    const file = path();
    const store = await createSqliteArtifactStore({ path: file, busyTimeoutMs: 50 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const by = { state: 'testing', epoch: 1, attempt: 1, accepted: [] };
    await expect(store.supersede('wf_1', by)).rejects.toMatchObject({ code: 'unavailable' });
    other.exec('COMMIT');
    await store.supersede('wf_1', by);
    other.close();
    await store.close();
  });
});
