import { createRedactor } from '@baton/adapters/secrets';
import type { Assignment, Note, Outcome, RoleAdapter, RoleContext, Workspace } from '@baton/core';
import { expect, it } from 'vitest';
import { withInstall } from './with-install.ts';

it('tells why it could not install without a part of a secret', async () => {
  const secret = 'correct-horse-battery';
  const script = `head -c 524280 /dev/zero | tr '\\0' x; printf %s "$WORD"; head -c 999999 /dev/zero | tr '\\0' y; exit 1`;
  const install = { name: 'install', argv: ['sh', '-c', script], env: { WORD: secret } };
  const adapter: RoleAdapter = {
    role: 'test_auditor',
    perform: () => expect.fail('not installed'),
  };
  const installing = withInstall(adapter, install, (reason, details) => ({
    kind: 'request_retry',
    reason,
    details,
  }));
  const workspace = { path: import.meta.dirname, changedFiles: async () => [] };
  const context = {
    workspace: workspace as unknown as Workspace,
    signal: new AbortController().signal,
    progress: () => undefined,
    redact: createRedactor({ values: [secret] }),
  };
  const outcome = await installing.perform({} as Assignment, context as unknown as RoleContext);
  expect(outcome).toMatchObject({ reason: 'the command that installs ended with exit code 1' });
  expect(JSON.stringify(outcome)).toMatch(/bytes left out/);
  expect(JSON.stringify(outcome)).not.toMatch(/correct|horse|xc/);
});

it('names the files that it changed, whatever became of it', async () => {
  const noted: Note[] = [];
  const changedFiles = async () => ['package-lock.json', 'src/a.ts'];
  const context = {
    workspace: { path: import.meta.dirname, changedFiles },
    signal: new AbortController().signal,
    progress: () => undefined,
    note: (note: Note) => noted.push(note),
  };
  const done: Outcome = { kind: 'advance', result: {} };
  const adapter: RoleAdapter = { role: 'code_writer', perform: async () => done };
  for (const program of ['true', 'false']) {
    const installing = withInstall(adapter, { name: 'install', argv: [program] }, () => undefined);
    const outcome = await installing.perform({} as Assignment, context as unknown as RoleContext);
    expect(outcome).toEqual(done);
  }
  const message = 'the command that installs changed files: package-lock.json, src/a.ts';
  const note = { code: 'install_changed_files', message };
  expect(noted).toEqual([note, note]);
});
