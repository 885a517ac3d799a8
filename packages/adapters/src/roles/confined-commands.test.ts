import { chmodSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type RunCommandOptions, runCommand } from '../process/run-command.ts';
import { createNoSandbox } from '../sandbox/no-sandbox.ts';
import type { RefusedHost, Sandbox, SandboxCommand, SandboxPolicy } from '../sandbox/sandbox.ts';
import { type Confinement, policyDigest, wallOf } from '../sandbox/wall.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { runCheck } from './checks/run-check.ts';
import { createCommandRole } from './command/command-role.ts';
import { use } from './llm/testing/tool-use.ts';
import { runCommandTool } from './llm/tools/run-command-tool.ts';
import { folderWorkspace } from './testing/folder-workspace.ts';
import { assignmentOf, contextOf } from './testing/perform.ts';

/** A sandbox that records what it confined and marks what it ran. */
function rememberingSandbox() {
  const asked: { readonly command: SandboxCommand; readonly policy: SandboxPolicy }[] = [];
  const closed: string[] = [];
  const none = createNoSandbox();
  const sandbox: Sandbox = {
    name: 'remembering',
    async confine(command, policy) {
      asked.push({ command, policy });
      const env = { ...command.env, CONFINED: 'yes' };
      const close = async () => void closed.push(command.argv[0] ?? '');
      return { ...(await none.confine({ ...command, env }, policy)), close };
    },
  };
  const confinement: Confinement = {
    sandbox,
    workspace: 'write',
    hidden: ['/home/ada'],
    readable: ['/opt/tool'],
    writable: ['/srv/cache'],
    network: 'none',
    limits: { memoryBytes: 2 ** 30, processes: 64, outputBytes: 2 ** 20 },
  };
  return { asked, closed, confinement };
}

const REPORT_MARK = 'test "$CONFINED" = yes';

it('confines a check to its build and its reports, and says so in the evidence', async () => {
  const { asked, confinement } = rememberingSandbox();
  const outside = { writable: ['/state/git'], readable: ['/repo/objects'] };
  const workspace = { ...folderWorkspace(), outside };
  const context = contextOf(workspace);
  const command = { name: 'test', argv: ['sh', '-c', REPORT_MARK], confinement };
  const run = await runCheck('test', command, {
    context,
    reports: '/lent/reports',
    cwd: undefined,
  });
  expect(run.exitCode).toBe(0);
  const policy = asked[0]?.policy as SandboxPolicy;
  expect(policy).toMatchObject({ hidden: ['/home/ada'], network: 'none' });
  expect(policy.readable).toEqual(['/opt/tool', '/repo/objects']);
  expect(policy.writable).toEqual(['/srv/cache', '/lent', workspace.path, '/state/git']);
  const writable = policy.writable.filter((path) => path !== '/lent');
  const digest = policyDigest(confinement.sandbox, { ...policy, writable });
  expect(context.ran[0]?.sandbox).toEqual({ name: 'remembering', policyDigest: digest });
  await runCheck('test', command, { context, reports: '/other/reports', cwd: undefined });
  expect(context.ran[1]?.sandbox?.policyDigest).toBe(digest);
});

it('gives a judge the files to read alone', async () => {
  const { asked, confinement } = rememberingSandbox();
  const workspace = folderWorkspace();
  const reading: Confinement = { ...confinement, workspace: 'read' };
  const command = { name: 'test', argv: ['true'], confinement: reading };
  await runCheck('test', command, {
    context: contextOf(workspace),
    reports: '/r/reports',
    cwd: undefined,
  });
  expect(asked[0]?.policy.readable).toEqual(['/opt/tool', workspace.path]);
  expect(asked[0]?.policy.writable).toEqual(['/srv/cache', '/r']);
});

it('confines a role that is a program, and notes what it left running', async () => {
  const { asked, confinement } = rememberingSandbox();
  const workspace = folderWorkspace();
  workspace.write('inner/file', '');
  const answer = JSON.stringify({ kind: 'advance', result: {} });
  const argv = ['sh', '-c', `${REPORT_MARK} && sleep 60 & sleep 0.1; echo '${answer}'`];
  const role = createCommandRole({ role: 'code_writer', argv, confinement, cwd: 'inner' });
  const context = contextOf(workspace);
  expect(await role.perform(assignmentOf(), context)).toEqual({ kind: 'advance', result: {} });
  expect(asked[0]?.command.cwd).toBe(join(workspace.path, 'inner'));
  expect(asked[0]?.policy.writable).toEqual(['/srv/cache', workspace.path]);
  if (process.platform !== 'linux') return;
  expect(context.noted).toEqual([
    {
      code: 'processes_ended',
      message: "'sh' left processes running, which were ended: sleep",
    },
  ]);
});

it('tells that a role was ended for what it used', async () => {
  const { confinement } = rememberingSandbox();
  const role = createCommandRole({ role: 'code_writer', argv: ['yes'], confinement });
  await expect(role.perform(assignmentOf(), contextOf(folderWorkspace()))).rejects.toMatchObject({
    code: 'limit_exceeded',
    message: expect.stringContaining('was ended: it wrote more than 1 MiB of output'),
  });
});

it('confines what a model runs', async () => {
  const { asked, confinement } = rememberingSandbox();
  const tool = runCommandTool([
    { name: 'test', argv: ['sh', '-c', REPORT_MARK], confinement },
    { name: 'flood', argv: ['yes'], confinement },
  ]);
  const workspace = folderWorkspace();
  expect(await use(tool, { name: 'test' }, workspace)).toBe('exit code 0');
  expect(asked[0]?.policy.writable).toContain(workspace.path);
  const flooded = await use(tool, { name: 'flood' }, workspace);
  expect(flooded).toContain('was ended: it wrote more than 1 MiB of output');
});

/** A sandbox that reports refused hosts. */
function refusing(...refusedHosts: readonly RefusedHost[]) {
  const { confinement } = rememberingSandbox();
  const none = createNoSandbox();
  const sandbox: Sandbox = {
    name: 'refusing',
    async confine(command, policy) {
      const confined = await none.confine(command, policy);
      const attach: typeof confined.attach = (child) => ({
        ...confined.attach(child),
        refusedHosts: () => refusedHosts,
      });
      return { ...confined, attach };
    },
  };
  return { ...confinement, sandbox };
}

const EVIL =
  'it ran in the sandbox (refusing): it tried to reach evil.example:443, which sandbox.network does not list';
const EVIL_ADVICE =
  '; if it needs that, set "sandbox": { "network": ["evil.example"] } in the command';

it('says what a check was refused where it fails, and notes it where it does not', async () => {
  const confinement = refusing({ host: 'evil.example:443' });
  const context = contextOf(folderWorkspace());
  const place = { context, reports: '/r/reports', cwd: undefined };
  const failing = { name: 'install', argv: ['false'], confinement };
  const failed = await runCheck('install', failing, place);
  expect(failed.failure).toBe(`'install' failed with exit code 1; ${EVIL}`);
  expect(context.heard.at(-1)).toBe(`install: ${failed.failure}`);
  const passing = { name: 'smoke', argv: ['true'], confinement };
  const passed = await runCheck('smoke', passing, place);
  expect([passed.failure, passed.refused]).toEqual([undefined, `${EVIL}${EVIL_ADVICE}`]);
  expect(context.noted).toEqual([
    { code: 'hosts_refused', message: `'install': ${EVIL}${EVIL_ADVICE}` },
    { code: 'hosts_refused', message: `'smoke': ${EVIL}${EVIL_ADVICE}` },
  ]);
});

it('keeps what lies outside of the sandbox from roles: it is noted for people', async () => {
  const { confinement } = rememberingSandbox();
  const hidden = temporaryFolder();
  const file = join(realpathSync(hidden), 'key');
  writeFileSync(file, '');
  const strict = {
    ...confinement,
    sandbox: { ...createNoSandbox(), name: 'strict' },
    hidden: [realpathSync(hidden)],
  };
  const context = contextOf(folderWorkspace());
  const place = { context, reports: '/r/reports', cwd: undefined };
  const command = {
    name: 'test',
    argv: ['sh', '-c', `echo "ENOENT '${file}'"; exit 1`],
    confinement: strict,
  };
  const { failure, hindered } = await runCheck('test', command, place);
  expect(failure).toBe("'test' failed with exit code 1");
  const found = `it ran in the sandbox (strict): ${file} exists on this machine, but not in the sandbox`;
  const advice = `"sandbox": { "read": ["${file}"] } in the command`;
  expect(hindered).toEqual({ found, advice });
  expect(context.noted).toEqual([
    {
      code: 'sandbox_hindered',
      message: `'test' failed; ${found}; if it needs that, set ${advice}`,
    },
  ]);
  const tool = runCommandTool([command]);
  const answer = await use(tool, { name: 'test' }, folderWorkspace());
  expect(answer).toBe(`exit code 1\n== stdout\nENOENT '${file}'`);
});

it('says what a role and a command of a model were refused', async () => {
  const confinement = refusing({ host: 'a.example:80', leadsTo: '127.0.0.1' });
  const text =
    'it ran in the sandbox (refusing): it tried to reach a.example:80 at 127.0.0.1, which no name may resolve to';
  const role = createCommandRole({ role: 'code_writer', argv: ['false'], confinement });
  const context = contextOf(folderWorkspace());
  await expect(role.perform(assignmentOf(), context)).rejects.toThrow(`exit code 1; ${text}`);
  expect(context.noted.map(({ code }) => code)).toEqual(['hosts_refused']);
  const tool = runCommandTool([{ name: 'test', argv: ['false'], confinement }]);
  expect(await use(tool, { name: 'test' }, folderWorkspace())).toContain(`exit code 1; ${text}`);
});

it('names five of many that were refused', async () => {
  const many = Array.from({ length: 7 }, (_, index) => ({ host: `${index}.example:80` }));
  const command = { name: 'x', argv: ['true'], confinement: refusing(...many) };
  const place = { context: contextOf(folderWorkspace()), reports: '/r/reports', cwd: undefined };
  expect((await runCheck('x', command, place)).refused).toContain(
    'reach 0.example:80, 1.example:80, 2.example:80, 3.example:80, 4.example:80 and 2 more, which',
  );
});

it('lets go of the wall whether the command ended, was cancelled, ran too long or never began', async () => {
  const { closed, confinement } = rememberingSandbox();
  const workspace = folderWorkspace();
  const run = (argv: string[], more: Partial<RunCommandOptions> = {}) => {
    const wall = wallOf(confinement, { workspace, folder: workspace.path });
    return runCommand({ argv, cwd: workspace.path, wall, graceMs: 10, ...more }).catch(() => {});
  };
  workspace.write('unreadable', '');
  chmodSync(join(workspace.path, 'unreadable'), 0o755);
  await run(['true']);
  await run(['sleep', '60'], { timeoutMs: 50 });
  await run(['yes'], { signal: AbortSignal.timeout(50) });
  await run(['./unreadable', 'x'.repeat(2 ** 22)]);
  expect(closed).toEqual(['true', 'sleep', 'yes', './unreadable']);
});

it('fails a check whose sandbox cannot be put up, and never runs it without', async () => {
  const { confinement } = rememberingSandbox();
  const sandbox: Sandbox = {
    name: 'broken',
    confine: async (command) => ({
      ...command,
      argv: ['sh', '-c', 'echo no namespaces >&2; exit 1'],
      pipes: 0,
      attach: () => ({
        processes: () => [],
        isUp: () => false,
        leftRunning: () => [],
        refusedHosts: () => [],
        overhead: { memoryBytes: 0, processes: 0 },
      }),
      close: async () => {},
    }),
  };
  const workspace = folderWorkspace();
  const command = {
    name: 'test',
    argv: ['touch', 'ran'],
    confinement: { ...confinement, sandbox },
  };
  const place = { context: contextOf(workspace), reports: '/r/reports', cwd: undefined };
  await expect(runCheck('test', command, place)).rejects.toMatchObject({
    code: 'invalid_input',
    message: "'touch' was not run: its sandbox (broken) could not be set up: no namespaces",
  });
  expect(workspace.list()).toEqual([]);
});
