import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createServer } from '@baton/server';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, it, onTestFinished } from 'vitest';
import { WAIT_MS } from '../../packages/adapters/src/testing/patience.ts';
import {
  BATON_HOME,
  baton,
  COMMAND,
  createProject,
  type Project,
  TIMEOUT,
} from '../cli/harness.ts';

const REQUEST = 'Build me a greeting';
const AS_WRITER = { roles: ['code_writer'], waitSeconds: 50 };

/** What a client's person says to a form that shows `message`. */
type Person = (message: string) => object;

/** An agent in an editor that has started `baton mcp`. */
async function connect({ options }: Pick<Project, 'options'>, person?: Person) {
  const client = new Client(
    { name: 'editor', version: '1' },
    { capabilities: person === undefined ? {} : { elicitation: {} } },
  );
  if (person !== undefined) {
    client.setRequestHandler(
      'elicitation/create',
      async ({ params }) => person(params.message) as never,
    );
  }
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [COMMAND, 'mcp', ...options], stderr: 'pipe' },
    env: { ...(process.env as Record<string, string>), BATON_HOME },
  });
  let said = '';
  transport.stderr?.on('data', (text) => {
    said += text;
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  async function call(name: string, input: object): Promise<any> {
    const result = await client.callTool({ name, arguments: input as never }, { timeout: WAIT_MS });
    if (result.isError) throw new Error(JSON.stringify(result.content));
    return result.structuredContent;
  }
  /** Waits until the build is as wanted. */
  async function until(workflowId: string, done: (build: Build) => boolean): Promise<Build> {
    for (let afterSequence = 0; ; ) {
      const { build } = await call('wait_for_change', { workflowId, afterSequence });
      if (done(build)) return build;
      afterSequence = build.sequence;
    }
  }
  return { client, call, until, said: () => said };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
type Build = any;

it(
  'an editor starts a build, writes its code, has it sent back, and corrects it',
  TIMEOUT,
  async () => {
    const project = createProject();
    const { call, until } = await connect(project);
    const asked = { request: REQUEST, actAs: ['code_writer'] };
    const { begun, build } = await call('start_build', asked);
    expect([begun, build.projectId]).toEqual([true, 'greeter']);
    const { workflowId } = build;
    const write = async (word: string, changedFiles: readonly string[]) => {
      const { work } = await call('take_work', { ...AS_WRITER, workflowId });
      expect(work.folder).not.toBe(project.repo);
      writeFileSync(join(work.folder, 'greeting.txt'), `${word}\n`);
      const outcome = (files: readonly string[]) => ({
        ...{ kind: 'advance', result: { summary: `says ${word}`, changedFiles: files } },
      });
      const { workId } = work;
      // What it says of its files is compared with them.
      const lied = await call('submit_work', { workId, outcome: outcome(['another.txt']) });
      expect(lied).toMatchObject({
        kind: 'refused',
        reasons: [expect.stringContaining('greeting.txt')],
      });
      expect(await call('submit_work', { workId, outcome: outcome(changedFiles) })).toEqual({
        ...{ kind: 'handed_over', reasons: [] },
      });
      return work.assignment;
    };
    await write('goodbye', ['greeting.txt']);
    const { feedback } = await write('hello', ['greeting.txt']);
    expect(feedback).toMatchObject({ fromState: 'testing' });
    expect(await until(workflowId, ({ complete }) => complete)).toMatchObject({ retries: 1 });
    expect(project.lines('deployed.log')).toHaveLength(1);
    expect(await call('start_build', asked)).toMatchObject({ begun: false, build: { workflowId } });
  },
);

/** Writes what is asked for, as the code writer of a build. */
async function write({ call }: Awaited<ReturnType<typeof connect>>, workflowId: string) {
  const { work } = await call('take_work', { ...AS_WRITER, workflowId });
  writeFileSync(join(work.folder, 'greeting.txt'), 'hello\n');
  const result = { summary: 'says hello', changedFiles: ['greeting.txt'] };
  await call('submit_work', { workId: work.workId, outcome: { kind: 'advance', result } });
}

it(
  'the person of an editor answers, approves and retries, and the build goes on',
  TIMEOUT,
  async () => {
    const project = createProject();
    project.steer({ discovery: 'ask', planning: 'fail' });
    project.configure((config) => {
      config.approvals = [{ from: 'handoff_to_verifier', to: 'verification' }];
    });
    const shown: string[] = [];
    const editor = await connect(project, (message) => {
      shown.push(message);
      return { action: 'accept', content: { agree: true, approved: true } };
    });
    const { call, until } = editor;
    const { build } = await call('start_build', { request: REQUEST, actAs: ['code_writer'] });
    const { workflowId } = build;
    const asked = await until(workflowId, ({ questions }) => questions.length === 2);
    for (const [index, answer] of ['hello', 'the world'].entries()) {
      await call('answer_question', { workflowId, questionId: asked.questions[index].id, answer });
    }
    await until(workflowId, ({ failure }) => failure !== undefined);
    project.steer({});
    await call('request_retry', { workflowId, reason: 'Try again' });
    await write(editor, workflowId);
    const waiting = await until(workflowId, ({ approval }) => approval !== undefined);
    expect(waiting.approval).toMatchObject({ to: 'verification' });
    await call('decide_approval', { workflowId });
    await until(workflowId, ({ complete }) => complete);
    expect(shown).toEqual([
      "Answer the question 'Which word?' with: hello",
      "Answer the question 'For whom?' with: the world",
      expect.stringContaining('because: Try again'),
      expect.stringContaining("Let it go on to 'verification'?"),
    ]);
    expect(project.lines('answers.log')).toEqual(['hello (ada), the world (ada)']);
    const { stdout } = await baton(['history', workflowId, ...project.options.slice(0, 2)]);
    expect(stdout).toContain('verification');
  },
);

it('nothing is decided for a person who cannot be asked', TIMEOUT, async () => {
  const project = createProject();
  project.steer({ discovery: 'ask' });
  const { call, until } = await connect(project);
  const { build } = await call('start_build', { request: REQUEST });
  const { workflowId } = build;
  const { questions } = await until(workflowId, ({ questions }) => questions.length === 2);
  const answer = { workflowId, questionId: questions[0].id, answer: 'hello' };
  await expect(call('answer_question', answer)).rejects.toThrow(
    `a person answers at a terminal: baton answer ${workflowId}`,
  );
  const rollback = { workflowId, targetState: 'discovery', reason: 'No' };
  await expect(call('rollback_build', rollback)).rejects.toThrow('cannot ask its person');
  const cancel = { workflowId, reason: 'No' };
  await expect(call('cancel_build', cancel)).rejects.toThrow('cannot ask its person');
});

it(
  'an editor that is closed gives its work back, and the build goes on without it',
  TIMEOUT,
  async () => {
    const project = createProject();
    const { call, client } = await connect(project);
    const { build } = await call('start_build', { request: REQUEST, actAs: ['code_writer'] });
    const { workflowId } = build;
    const { work } = await call('take_work', { ...AS_WRITER, workflowId });
    writeFileSync(join(work.folder, 'half.txt'), 'half');
    await client.close();
    const workspace = project.options.slice(0, 2);
    const status = async () =>
      JSON.parse((await baton(['status', workflowId, ...workspace, '--json'])).stdout);
    await expect.poll(async () => (await status()).claim).toBeUndefined();
    const { code } = await baton(['resume', workflowId, ...workspace]);
    expect([code, (await status()).state]).toEqual([0, 'complete']);
  },
);

it(
  'refuses roles that builds do not have, and others than the build is performed by',
  TIMEOUT,
  async () => {
    const project = createProject();
    project.steer({ discovery: 'hang' });
    const { call } = await connect(project);
    await expect(call('start_build', { request: REQUEST, actAs: ['writer'] })).rejects.toThrow(
      "found 'writer'; expected one of q_assistant, code_writer",
    );
    const { build } = await call('start_build', { request: REQUEST });
    await project.hanging();
    expect(await call('start_build', { request: REQUEST })).toMatchObject({
      ...{ begun: false, build: { workflowId: build.workflowId } },
    });
    await expect(call('start_build', { request: REQUEST, actAs: ['code_writer'] })).rejects.toThrow(
      'clients act in it as none',
    );
  },
);

it('an editor works on the builds of a server', TIMEOUT, async () => {
  const orchestrator = createOrchestrator({ store: await createMemoryStore() });
  const server = await createServer({ orchestrator, grpcPort: 0, httpPort: 0 });
  onTestFinished(() => server.stop());
  const options = ['--server', `http://127.0.0.1:${server.httpPort}`];
  const { call } = await connect({ options });
  const { build } = await call('start_build', { request: REQUEST, projectId: 'shop' });
  const { work } = await call('take_work', { roles: ['q_assistant'] });
  const result = { summary: 'a greeting', requirements: ['greets'] };
  await call('submit_work', { workId: work.workId, outcome: { kind: 'advance', result } });
  const { workflowId } = build;
  expect(await orchestrator.status({ workflowId })).toMatchObject({ state: 'planning' });
});

it.each([
  [['--workspace', '/nowhere'], 3, '/nowhere'],
  [['--server', 'http://127.0.0.1:1', '--config', 'x.json'], 2, '--server goes without'],
])('says at once what cannot work: %j', TIMEOUT, async (options, exitCode, words) => {
  const { code, stdout, stderr } = await baton(['mcp', ...options]);
  expect([code, stdout, stderr]).toEqual([exitCode, '', expect.stringContaining(words)]);
});
