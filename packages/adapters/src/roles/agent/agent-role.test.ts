import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BatonError } from '@baton/core';
import { createRecordedTelemetry } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, type TestContext } from '../testing/perform.ts';
import type { AgentProfile } from './agent-profile.ts';
import { createAgentRole } from './agent-role.ts';
import type { AgentRoleOptions } from './agent-role-options.ts';
import { outputSchema, RESULT } from './testing/hello.ts';

const PROGRAM = fileURLToPath(new URL('testing/example-agent.ts', import.meta.url));

function example(...args: string[]): AgentProfile {
  return {
    title: 'Example',
    command: [process.execPath, '--no-warnings', PROGRAM, ...args],
    install: [],
    env: () => ({}),
  };
}

function setUp(behaviour: string | readonly string[], options: Partial<AgentRoleOptions> = {}) {
  const workspace = folderWorkspace();
  const controller = new AbortController();
  const context = contextOf(workspace, controller.signal);
  const agent = example(...[behaviour].flat());
  const role = createAgentRole({ role: 'code_writer', agent, ...options });
  const assignment = assignmentOf({ outputSchema });
  return {
    ...{ workspace, controller, context, role, assignment },
    perform: (changes: object = {}) => role.perform({ ...assignment, ...changes }, context),
  };
}

describe('an agent', () => {
  it('works in the workspace and hands over by a tool', async () => {
    const { perform, workspace, context } = setUp('good');
    expect(await perform()).toEqual({ kind: 'advance', result: RESULT });
    expect(workspace.list()).toEqual(['hello.txt']);
    expect(context.noted.map(({ code }) => code)).toEqual(['usage_not_metered']);
  });

  it('is a span of its attempt', async () => {
    const telemetry = createRecordedTelemetry();
    const { role, assignment, context } = setUp('good');
    await role.perform(assignment, { ...context, telemetry });
    expect(telemetry.spans).toMatchObject([{ name: 'invoke_agent Example', isEnded: true }]);
  });

  it('gets the paths of what is wrong, and corrects it', async () => {
    const { perform, context } = setUp('wrong');
    expect(await perform()).toEqual({ kind: 'advance', result: RESULT });
    const said = context.heard.join(' ');
    expect(said).toContain('summary: ');
    expect(said).toContain('changedFiles: ');
  });

  it('may hand over by its last message, where it gets no tools', async () => {
    expect(await setUp('text').perform()).toEqual({ kind: 'advance', result: RESULT });
  });

  it('is asked again when its turn ends without an outcome', async () => {
    expect(await setUp('silent').perform()).toEqual({ kind: 'advance', result: RESULT });
  });

  it.each(['silent', 'crash'])(
    'that ends without an outcome fails by why its endpoint did not answer: %s',
    async (behaviour) => {
      const openEndpoint = async () => ({
        ...{ url: 'http://127.0.0.1:9', key: 'k', close: async () => {} },
        failure: () => new BatonError('invalid_input', 'the cassette has no answer'),
      });
      const error = await failure(setUp(behaviour, { openEndpoint }).perform());
      expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
      expect(error.message).toBe('the cassette has no answer');
    },
  );

  it('may ask a person', async () => {
    expect(await setUp('ask').perform()).toEqual({ kind: 'ask', questions: [{ text: 'Which?' }] });
  });

  it('is given up after too many corrections', async () => {
    const error = await failure(setUp('always-wrong').perform());
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain('after 3 corrections');
  });

  it('is held to what is in the workspace', async () => {
    const { perform, workspace } = setUp('good');
    workspace.write('hello.txt', 'before');
    const error = await failure(setUp('late').perform());
    expect(error.retryable).toBe(true);
    expect(error.message).toContain('went on after its outcome was accepted');
    expect(await perform()).toMatchObject({ kind: 'advance' });
  });

  it('that refuses fails the assignment', async () => {
    const error = await failure(setUp('refuse', { limits: { corrections: 0 } }).perform());
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
  });

  it('that crashes is tried again, with what it said', async () => {
    const { perform, context } = setUp('crash');
    const error = await failure(perform());
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.message).toContain('out of luck');
    expect(context.kept).toContainEqual(
      expect.objectContaining({
        kind: 'output',
        content: expect.stringContaining('out of luck'),
      }),
    );
  });

  it('that speaks another version is refused', async () => {
    const error = await failure(setUp('other-version').perform());
    expect(error.message).toContain('version 0 of the Agent Client Protocol, expected 1');
  });

  it('that is not there is refused with its name', async () => {
    const agent = { ...example('good'), command: ['no-such-agent-here'] };
    const error = await failure(setUp('good', { agent }).perform());
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error.message).toContain('no-such-agent-here');
  });

  it('whose sessions cannot be kept says where', async () => {
    const homes = join(temporaryFolder(), 'file');
    writeFileSync(homes, 'no folder');
    const error = await failure(setUp('good', { homes }).perform());
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.message).toContain(`nothing can be kept for the agent in ${homes}: ENOTDIR`);
  });

  it('that floods is heard and handed over', async () => {
    const { perform } = setUp('flood');
    expect(await perform()).toMatchObject({ kind: 'advance' });
  });

  it('is cancelled with its assignment', async () => {
    const { perform, controller } = setUp('hang');
    setTimeout(() => controller.abort(new BatonError('stale_claim', 'lost')), 1500);
    expect(await failure(perform())).toMatchObject({ code: 'stale_claim' });
  });

  it('is ended after its time', async () => {
    const { perform, context } = setUp('hang', { limits: { timeoutMs: 5000 } });
    const error = await failure(perform());
    expect(error).toMatchObject({ code: 'deadline_exceeded', retryable: true });
    expect(context.kept).toContainEqual(
      expect.objectContaining({ kind: 'output', content: expect.stringContaining('"jsonrpc"') }),
    );
  });

  it('whose program is killed leaves no process, and no byte is written afterwards', async () => {
    const elsewhere = join(temporaryFolder(), 'child.txt');
    const error = await failure(setUp(['killed', elsewhere]).perform());
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.message).toContain('SIGKILL');
    const { size } = statSync(elsewhere);
    await sleep(200);
    expect(statSync(elsewhere).size).toBe(size);
  });

  it('that does not end leaves no process, and no byte is written afterwards', async () => {
    const elsewhere = join(temporaryFolder(), 'child.txt');
    const { perform, controller, workspace } = setUp(['deaf', elsewhere]);
    const performing = failure(perform());
    const written = () => existsSync(elsewhere) && existsSync(join(workspace.path, 'deaf.txt'));
    while (!written()) await sleep(20);
    controller.abort();
    await performing;
    const sizes = () =>
      [elsewhere, join(workspace.path, 'deaf.txt')].map((path) => statSync(path).size);
    const before = sizes();
    await sleep(200);
    expect(sizes()).toEqual(before);
  });
});

describe('a retry', () => {
  const feedback = { fromState: 'testing', fromRole: 'test_auditor', reason: 'two tests fail' };
  const prompts = (folder: string) =>
    readFileSync(folder, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string);

  it('goes on with the conversation, in another process', async () => {
    const homes = temporaryFolder();
    const { perform } = setUp('good', { homes });
    await perform();
    await perform({ attempt: 2, feedback });
    const [home = ''] = readdirSync(homes);
    const sessions = join(homes, home, 'home', 'sessions');
    const found = readdirSync(sessions);
    expect(found).toHaveLength(1);
    const [first = '', second = ''] = prompts(join(sessions, found[0] ?? ''));
    expect(first).not.toContain('comes to you again');
    expect(second).toContain('comes to you again');
    expect(second).toContain('two tests fail');
  });

  it.each([
    ['when it is told so', { continueOnRetry: false }],
    ['when the session is gone', {}],
  ])('begins afresh %s', async (_, options) => {
    const homes = temporaryFolder();
    const { perform } = setUp('good', { homes, ...options });
    await perform();
    const [home = ''] = readdirSync(homes);
    const sessions = join(homes, home, 'home', 'sessions');
    const [first = ''] = readdirSync(sessions);
    if (!('continueOnRetry' in options)) rmSync(join(sessions, first));
    await perform({ attempt: 2, feedback });
    const fresh = readdirSync(sessions).filter((name) => name !== first);
    expect(fresh).toHaveLength(1);
    expect(prompts(join(sessions, fresh[0] ?? ''))[0]).not.toContain('comes to you again');
  });
});

describe('what is kept of an attempt', () => {
  type Message = { readonly role: string; readonly content: unknown };
  const kept = (context: TestContext, kind: string) =>
    context.kept.filter((one) => one.kind === kind).map(({ content }) => String(content));
  const conversation = (context: TestContext): Message[] =>
    (kept(context, 'transcript')[0] ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('is what the agent was told, said, planned and called, and its own edits', async () => {
    const { perform, context } = setUp('acts');
    await perform();
    const [told, ...said] = conversation(context);
    expect(told).toEqual({
      role: 'user',
      content: expect.stringContaining('Perform `implementation` now.'),
    });
    const call = { toolCallId: 'c1', toolName: 'edit hello.txt' };
    const output = { type: 'text', value: '{"lines":1}' };
    const broken = { toolCallId: 'c2', toolName: 'make' };
    expect(said).toEqual([
      { role: 'assistant', content: [{ type: 'reasoning', text: 'A file, then.' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'I write the file.' }] },
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'The plan:\n- in_progress: write\n- pending: test' }],
      },
      {
        role: 'assistant',
        content: [{ type: 'tool-call', ...call, input: { path: 'hello.txt' } }],
      },
      { role: 'tool', content: [{ type: 'tool-result', ...call, output }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Accepted. End your turn now.' }] },
      { role: 'assistant', content: [{ type: 'tool-call', ...broken, input: {} }] },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', ...broken, output: { type: 'text', value: 'it did not end' } },
        ],
      },
    ]);
    const [edits = ''] = kept(context, 'diff');
    expect(edits).toContain('--- /dev/null\n+++ b/hello.txt\n@@ -0,0 +1,1 @@\n+hello\n');
  });

  it('is there of an attempt that failed, too', async () => {
    const { perform, context } = setUp('crash');
    await failure(perform());
    expect(conversation(context)).toHaveLength(1);
  });

  it('is masked, also where a secret comes in pieces and in an edit', async () => {
    const { context, role, assignment } = setUp('acts');
    const redact = (text: string) => text.replaceAll(/write the file|hello$/gm, '[masked]');
    await role.perform({ ...assignment }, { ...context, redact });
    expect(kept(context, 'transcript')[0]).not.toContain('write the file');
    expect(kept(context, 'transcript')[0]).toContain('[masked]');
    expect(kept(context, 'diff')[0]).toContain('+[masked]');
  });

  it('has a bound: of a flood the beginning and the end are kept', async () => {
    const { perform, context } = setUp('flood');
    await perform();
    const [text = ''] = kept(context, 'transcript');
    expect(text.length).toBeLessThan(300_000);
    expect(text).toMatch(/line 0 .* characters are left out/);
  });

  it('never fails the work', async () => {
    const { context, role, assignment } = setUp('acts');
    const artifact = () => Promise.reject(new BatonError('unavailable', 'the disk is full'));
    const outcome = await role.perform(assignment, { ...context, artifact });
    expect(outcome).toMatchObject({ kind: 'advance' });
    expect(context.noted.filter(({ code }) => code === 'artifact_not_kept')).toEqual([
      expect.objectContaining({ message: "'conversation.jsonl' was not kept: the disk is full" }),
      expect.objectContaining({ message: "'edits.diff' was not kept: the disk is full" }),
    ]);
  });
});

describe('a permission', () => {
  const asks = [{ kinds: ['execute' as const], decision: 'ask' as const }];

  it.each([
    ['allowed without rules', [], 'y'],
    ['rejected by a rule', [{ title: 'rm -rf', decision: 'reject' as const }], 'n'],
    [
      'decided by the first rule that fits',
      [{ kinds: ['edit' as const], decision: 'reject' as const }, { decision: 'allow' as const }],
      'y',
    ],
  ])('is %s', async (_, permissions, chosen) => {
    const { perform, workspace } = setUp('permission', { permissions });
    await perform();
    expect(workspace.read('hello.txt')).toBe(chosen);
  });

  it('is decided by what the agent told of the call before, where it names the call alone', async () => {
    const permissions = [{ kinds: ['execute' as const], decision: 'reject' as const }];
    const { perform, workspace } = setUp('permission-by-id', { permissions });
    await perform();
    expect(workspace.read('hello.txt')).toBe('n');
  });

  it.each([
    ['allow', 'y'],
    ['reject', 'n'],
  ])(
    'becomes a question, and its answer %s is found in the next attempt',
    async (answer, chosen) => {
      const { perform } = setUp('permission', { permissions: asks });
      const asked = await perform();
      expect(asked).toMatchObject({
        kind: 'ask',
        questions: [
          { text: expect.stringContaining('rm -rf build'), choices: ['allow', 'reject'] },
        ],
      });
      const question = asked.kind === 'ask' ? (asked.questions[0]?.text ?? '') : '';
      const again = setUp('permission', { permissions: asks });
      await again.perform({ attempt: 2, answers: [{ question, answer, answeredBy: 'ada' }] });
      expect(again.workspace.read('hello.txt')).toBe(chosen);
    },
  );
});

it('options that cannot work are refused', () => {
  expect(() => createAgentRole({ role: 'x', agent: 'cursor' as never })).toThrow(
    "there is no agent 'cursor'; agents: claude, codex, gemini, opencode",
  );
  for (const limits of [
    { corrections: -1 },
    { corrections: 1.5 },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
  ]) {
    expect(() => createAgentRole({ role: 'x', agent: 'claude', limits })).toThrow(BatonError);
  }
});

it('a profile names the tool by which its agent asks, in the prompts too', async () => {
  const agent = { ...example('asks-by', 'ask_person'), askTool: 'ask_person' };
  const { perform, context } = setUp('', { agent });
  expect(await perform()).toEqual({ kind: 'ask', questions: [{ text: 'Which?' }] });
  const told = JSON.stringify(context.kept.map(({ content }) => content));
  expect(told).toContain('ask_person');
  expect(told).not.toContain('ask_user');
});

it('who performs it is told by its agent and its model', () => {
  const principal = (options: Partial<AgentRoleOptions>) =>
    createAgentRole({ role: 'x', agent: 'claude', ...options }).principal;
  expect(principal({})).toEqual({ models: [], modelFamilies: ['claude'] });
  expect(principal({ agent: 'codex', model: 'gpt-5' })).toEqual({
    models: ['openai:gpt-5'],
    modelFamilies: ['gpt'],
  });
  expect(principal({ agent: 'opencode' })).toBeUndefined();
});

it('an agent whose endpoint cannot be opened leaves no server of its tools', async () => {
  const servers = () =>
    process.getActiveResourcesInfo().filter((one) => one === 'TCPServerWrap').length;
  const before = servers();
  const openEndpoint = () => Promise.reject(new BatonError('unavailable', 'no gateway'));
  const error = await failure(setUp('good', { openEndpoint }).perform());
  expect(error).toMatchObject({ code: 'unavailable', message: 'no gateway' });
  expect(servers()).toBe(before);
});
