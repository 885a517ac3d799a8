import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batonFolder } from './baton-folder.ts';

function createOldFolder() {
  const root = mkdtempSync(join(tmpdir(), 'baton-old-'));
  const repository = join(root, 'shop');
  for (const folder of ['runs', 'worktrees/w']) {
    mkdirSync(join(repository, '.baton', folder), { recursive: true });
  }
  for (const name of ['baton.db', 'baton.db-wal', 'runs/w.json', 'worktrees/w/a.txt']) {
    writeFileSync(join(repository, '.baton', name), name);
  }
  return { repository, env: { BATON_HOME: join(root, 'home') } };
}

test('records that lie in the repository move out of it, and the folder goes', () => {
  const { repository, env } = createOldFolder();
  const { database, runs } = batonFolder(repository, env);
  expect(readFileSync(database, 'utf8')).toBe('baton.db');
  expect(readFileSync(`${database}-wal`, 'utf8')).toBe('baton.db-wal');
  expect(readFileSync(join(runs, 'w.json'), 'utf8')).toBe('runs/w.json');
  expect(existsSync(join(repository, '.baton'))).toBe(false);
});

test('records that are there already are never replaced', () => {
  const { repository, env } = createOldFolder();
  const { database } = batonFolder(repository, env);
  mkdirSync(join(repository, '.baton'));
  writeFileSync(join(repository, '.baton', 'baton.db'), 'another');
  batonFolder(repository, env);
  expect(readFileSync(database, 'utf8')).toBe('baton.db');
  expect(existsSync(join(repository, '.baton', 'baton.db'))).toBe(true);
});
