import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCommandRole } from '@baton/adapters/command';
import { createMemoryStore, createOrchestrator, createRunner } from '@baton/core';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from './interop/start-server.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

async function printed(example: string, ...args: string[]): Promise<string> {
  const path = join(root, 'examples', example);
  const { stdout } = await run(process.execPath, ['--conditions=baton-source', path, ...args]);
  return stdout;
}

it('embeds Baton', async () => {
  const lines = (await printed('01-embedded.ts')).trim().split('\n');
  expect(lines).toEqual([
    'now in planning, and q_assistant is to act',
    '1 workflow_started ada',
    '2 state_advanced q_assistant',
  ]);
});

it('performs a role of its own, with a question to a person', async () => {
  expect(await printed('02-own-role.ts')).toContain("requirements: [ 'In grey' ]");
});

it('uses the typed client against a server', async () => {
  const { httpUrl } = await startServer();
  expect(await printed('03-typed-client.ts', httpUrl)).toBe(
    "planning, 10 %: q_assistant performs 'planning' and advances with its output\n",
  );
});

it('runs a workflow of its own, with a gate and an approval', async () => {
  const lines = (await printed('04-own-definition.ts')).trim().split('\n');
  expect(lines[0]).toContain('gates.long_enough: found 12 words');
  expect(lines[1]).toBe('published');
});

it('performs a role by a program in another language', async () => {
  const source = createCommandRole({
    role: 'q_assistant',
    argv: ['python3', join(root, 'examples/05-command-role.py')],
  });
  const baton = createOrchestrator({ store: await createMemoryStore() });
  const runner = createRunner({ source: baton, roles: [source] });
  const running = runner.run();
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: { request: 'A dark mode' },
  });
  for await (const { data } of baton.watch({ workflowId })) {
    if (data['to'] === 'handoff_to_coder' || data['to'] === 'error') break;
  }
  const { handoffs } = await baton.history({ workflowId });
  expect(handoffs[1]?.data['steps']).toEqual(['Carry out: A dark mode']);
  await runner.stop();
  await running;
});

it('performs a role by a worker of its own, against a server, until it is told to stop', async () => {
  const { orchestrator: baton, httpUrl } = await startServer();
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: { request: 'A dark mode' },
  });
  const path = join(root, 'examples/07-worker.ts');
  const worker = spawn(process.execPath, ['--conditions=baton-source', path, httpUrl]);
  onTestFinished(() => void worker.kill('SIGKILL'));
  const ended = once(worker, 'exit');
  await expect
    .poll(async () => (await baton.status({ workflowId })).state)
    .toBe('handoff_to_coder');
  worker.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('are shown as they are, each of them', () => {
  const pages = globSync(['README.md', 'docs/*/*.md'], { cwd: root });
  const text = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n');
  const shown = [...text.matchAll(/<!-- (examples\/\S+) -->\n```(?:ts|python|go)\n([\s\S]*?)```/g)];
  const worker = 'examples/*-worker/{my_worker.py,main.go}';
  const examples = globSync(['examples/*.{ts,py}', worker], { cwd: root });
  expect(new Set(shown.map(([, path]) => path))).toEqual(new Set(examples));
  for (const [, path = '', code] of shown) {
    expect(code, path).toBe(readFileSync(join(root, path), 'utf8'));
  }
});
