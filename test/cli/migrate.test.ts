import { describe, expect, it } from 'vitest';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { baton, documents, TIMEOUT } from './harness.ts';

describe('baton migrate', TIMEOUT, () => {
  it.skipIf(postgresMissing())('prints the SQL, runs it, and finds it done', async () => {
    const postgres = await startPrivatePostgres();
    try {
      const url = postgres.url.replace('//baton', '//baton:secret');
      const migrate = (...options: string[]) =>
        baton(['migrate', ...options], { env: { DATABASE_URL: url } });
      const planned = await migrate('--dry-run');
      expect([planned.code, planned.stderr]).toEqual([0, '']);
      expect(planned.stdout).toContain('CREATE TABLE build_workflows');
      const tables = () => postgres.query("SELECT FROM pg_tables WHERE schemaname = 'public'");
      expect(await tables()).toHaveLength(0);
      const done = await migrate();
      expect([done.code, done.stdout]).toEqual([0, '']);
      expect(done.stderr).toMatch(/^postgres:\/\/baton:\*\*\*@.* was brought up to date\n$/);
      expect(await tables()).not.toHaveLength(0);
      expect((await migrate('--dry-run')).stderr).toContain('is up to date');
      expect(documents((await migrate('--json')).stdout)).toEqual([
        { kind: 'sql', sql: '', dryRun: false },
      ]);
    } finally {
      await postgres.destroy();
    }
  });

  it('says that SQLite migrates itself, and what it cannot do', async () => {
    const sqlite = await baton(['migrate', '--database', 'sqlite:none.db']);
    expect([sqlite.code, sqlite.stderr]).toEqual([
      0,
      'sqlite:none.db migrates itself whenever it is opened: nothing to do\n',
    ]);
    const nowhere = await baton(['migrate'], { env: { DATABASE_URL: '' } });
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('--database')]);
    const unknown = await baton(['migrate', '--database', 'mysql://a:hunter2@h/d']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('postgres://…')]);
    expect(unknown.stderr).not.toContain('hunter2');
  });
});
