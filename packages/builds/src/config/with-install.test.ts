import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckCommand } from '@baton/adapters/checks';
import { type Confinement, createNoSandbox } from '@baton/adapters/sandbox';
import { createRedactor } from '@baton/adapters/secrets';
import type {
  Assignment,
  Note,
  Outcome,
  Preparation,
  RoleAdapter,
  RoleContext,
  Workspace,
  WorkspaceFiles,
} from '@baton/core';
import { expect, it } from 'vitest';
import {
  type FolderWorkspace,
  folderWorkspace,
} from '../../../adapters/src/roles/testing/folder-workspace.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { type Installing, withInstall } from './with-install.ts';

it('tells why it could not install without a part of a secret', async () => {
  const secret = 'correct-horse-battery';
  const script = `head -c 524280 /dev/zero | tr '\\0' x; printf %s "$WORD"; head -c 999999 /dev/zero | tr '\\0' y; exit 1`;
  const install = { name: 'install', argv: ['sh', '-c', script], env: { WORD: secret } };
  const adapter: RoleAdapter = {
    role: 'test_auditor',
    perform: () => expect.fail('not installed'),
  };
  const installing = withInstall(adapter, {
    ...usual(install),
    failed: (reason, details) => ({ kind: 'request_retry', reason, details }),
  });
  const changedFiles = async (since: string) => (since === 'start' ? ['package.json'] : []);
  const snapshot = async () => ({ changedFiles });
  const workspace = { path: import.meta.dirname, changedFiles, snapshot };
  const context = {
    workspace: workspace as unknown as Workspace,
    signal: new AbortController().signal,
    progress: () => undefined,
    redact: createRedactor({ values: [secret] }),
  };
  const outcome = await installing.perform({} as Assignment, context as unknown as RoleContext);
  expect(outcome).toMatchObject({
    reason: 'the command that installs ended with exit code 1, and this build changed package.json',
  });
  expect(JSON.stringify(outcome)).toMatch(/bytes left out/);
  expect(JSON.stringify(outcome)).not.toMatch(/correct|horse|xc/);
});

it('names the files that it changed, whatever became of it', async () => {
  const { asked, noted, outcome } = await installed('echo x > package-lock.json; echo y > a.ts');
  expect(outcome).toEqual(done);
  expect(noted).toEqual([
    'install_changed_files: the command that installs changed files: a.ts, package-lock.json',
  ]);
  expect(asked).toEqual([{ entry: [], start: ['a.ts', 'package-lock.json'] }]);
  const failing = await installed('echo x > package.json; exit 1');
  expect(failing.noted).toEqual([
    'install_changed_files: the command that installs changed files: package.json',
  ]);
});

it('keeps what it wrote before it was ended', async () => {
  const controller = new AbortController();
  const kept: unknown[] = [];
  const running = installed('echo half done; exec sleep 30', {
    signal: controller.signal,
    artifact: async (given, content) => {
      kept.push({ ...given, content });
      return undefined;
    },
  });
  setTimeout(() => controller.abort(), 1000);
  await expect(running).rejects.toMatchObject({
    code: 'cancelled',
    metadata: { wrote: 'half done' },
  });
  expect(kept).toEqual([{ kind: 'output', name: 'install', content: 'half done\n' }]);
});

it('leaves what the role changed after it to the role', async () => {
  const { asked } = await installed('echo x > a.ts; echo x > b.ts', {
    change: (workspace) => workspace.write('a.ts', 'mine'),
  });
  expect(asked).toEqual([{ entry: ['a.ts'], start: ['a.ts', 'b.ts'] }]);
});

it('hands a failure to a person unless the build changed what is installed', async () => {
  const { asked, outcome } = await installed('echo no network; exit 7');
  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({
    kind: 'fail',
    reason: expect.stringMatching(
      /^the command that installs ended with exit code 7: no network\. .*no role can fix/,
    ),
  });
  const changed = await installed('exit 7', { before: ['package.json'] });
  expect(changed.outcome).toEqual(done);
  const known = await installed('exit 7', { isKnownToFail: true });
  expect(known.outcome).toEqual(done);
});

it('tells a person what the sandbox did not show, and a role nothing of it', async () => {
  const folder = temporaryFolder();
  const file = join(realpathSync(folder), 'npmrc');
  writeFileSync(file, '');
  const confinement: Confinement = {
    ...{ sandbox: { ...createNoSandbox(), name: 'strict' }, workspace: 'write' },
    ...{ hidden: [realpathSync(folder)], readable: [], writable: [], network: 'none' },
    limits: { memoryBytes: Infinity, processes: Infinity, outputBytes: Infinity },
  };
  const script = `echo "no such file: '${file}'"; exit 7`;
  const hint = `it ran in the sandbox (strict): ${file} exists on this machine, but not in the sandbox`;
  const { outcome, noted } = await installed(script, { confinement });
  expect(outcome).toMatchObject({ kind: 'fail', reason: expect.stringContaining(hint) });
  expect(outcome).toMatchObject({ reason: expect.stringContaining(`"read": ["${file}"]`) });
  expect(noted.join()).toMatch(/^sandbox_hindered: 'install' failed; it ran in the sandbox/);
  const reasons: string[] = [];
  const failed = (reason: string): undefined => {
    reasons.push(reason);
  };
  await installed(script, { confinement, before: ['package.json'], failed });
  expect(reasons).toEqual([
    'the command that installs ended with exit code 7, and this build changed package.json',
  ]);
});

it('hands files that are refused to a person, and those that are accepted to none', async () => {
  const script = 'echo x > a.lock; echo x > b.ts';
  const refused = await installed(script, { rules: { generated: 'refuse', protected: [] } });
  expect(refused.asked).toEqual([]);
  expect(refused.outcome).toMatchObject({
    kind: 'fail',
    reason: expect.stringContaining('refuses: a.lock, b.ts'),
  });
  const some = await installed(script, {
    rules: { generated: { accept: ['*.lock'] }, protected: [] },
  });
  expect(some.outcome).toMatchObject({
    kind: 'fail',
    reason: expect.stringContaining('refuses: b.ts'),
  });
  const protecting = await installed(script, {
    rules: { generated: 'accept', protected: ['*.ts'] },
  });
  expect(protecting.outcome).toMatchObject({
    kind: 'fail',
    reason: expect.stringContaining('protected files are changed: b.ts'),
  });
});

it('is run once for the judges of the same files, and again for another command or after a retry', async () => {
  const workspace = { ...folderWorkspace({ 'readme.md': 'x' }), preparation: preparation() };
  const runs = () => workspace.read('.runs').length;
  const install = 'printf x >> .runs; [ ! -e broken ]';
  await installed(install, { workspace });
  await installed(install, { workspace });
  expect(runs()).toBe(1);
  await installed(`${install} `, { workspace });
  expect(runs()).toBe(2);
  await installed(`${install} `, { workspace, epoch: 2 });
  expect(runs()).toBe(3);
  workspace.write('broken', '');
  await installed(`${install}  `, { workspace });
  await installed(`${install}  `, { workspace });
  expect(runs()).toBe(5);
});

/** What a workspace for judges keeps. */
function preparation(): Preparation {
  let kept: string | undefined;
  return {
    get kept() {
      return kept;
    },
    keep: async (key) => {
      kept = key;
    },
  };
}

const done: Outcome = { kind: 'advance', result: {} };

const usual = (command: CheckCommand): Installing => ({
  command,
  rules: { generated: 'accept', protected: [] },
  claims: true,
  failed: () => undefined,
  isKnownToFail: async () => false,
});

/** Installs by a script, and lets a role look at what has changed. @param before files that the build had changed. */
async function installed(
  script: string,
  {
    before = [],
    change = () => undefined,
    rules = { generated: 'accept', protected: [] },
    isKnownToFail = false,
    confinement,
    failed = () => undefined,
    workspace: folder = folderWorkspace({ 'readme.md': 'x' }),
    epoch = 1,
    signal = new AbortController().signal,
    artifact,
  }: {
    before?: readonly string[];
    change?: (workspace: FolderWorkspace) => void;
    rules?: Installing['rules'];
    isKnownToFail?: boolean;
    confinement?: Confinement;
    failed?: Installing['failed'];
    workspace?: FolderWorkspace;
    epoch?: number;
    signal?: AbortSignal;
    artifact?: RoleContext['artifact'];
  } = {},
) {
  const noted: string[] = [];
  const asked: { readonly entry: readonly string[]; readonly start: readonly string[] }[] = [];
  const withBefore = <F extends WorkspaceFiles>(files: F): F => ({
    ...files,
    changedFiles: async (since: 'entry' | 'start') => {
      const changed = await files.changedFiles(since);
      return since === 'start' ? [...before, ...changed] : changed;
    },
  });
  const workspace: Workspace = {
    ...withBefore(folder),
    snapshot: async () => withBefore(await folder.snapshot()),
  };
  const adapter: RoleAdapter = {
    role: 'code_writer',
    perform: async (_, context) => {
      change(folder);
      const [entry, start] = [
        (await context.workspace?.changedFiles('entry')) ?? [],
        (await context.workspace?.changedFiles('start')) ?? [],
      ];
      asked.push({ entry, start });
      return done;
    },
  };
  const context = {
    workspace,
    signal,
    artifact,
    progress: () => undefined,
    note: ({ code, message }: Note) => noted.push(`${code}: ${message}`),
  };
  const command = { name: 'install', argv: ['sh', '-c', script], confinement };
  const installing = withInstall(adapter, {
    ...usual(command),
    rules,
    failed,
    isKnownToFail: async () => isKnownToFail,
  });
  const assignment = { epoch } as Assignment;
  const outcome = await installing.perform(assignment, context as unknown as RoleContext);
  return { asked, noted, outcome };
}
