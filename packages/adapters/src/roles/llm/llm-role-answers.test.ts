import { describe, expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { buildAssignment, DONE, performRole } from './testing/perform-role.ts';
import type { Said } from './testing/script.ts';

const PROVIDERS = ['anthropic', 'openai', 'openai-chat'] as const;
const advanced = { kind: 'advance', result: DONE.input };

describe.each(PROVIDERS)('a broken answer over %s', (provider) => {
  it('that violates the schema goes back with the precise violations', async () => {
    const broken = { name: 'advance', input: { summary: '', changedFiles: 'theme.css' } };
    const { outcome, server } = await performRole({
      provider,
      script: [{ calls: [broken] }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    const { text } = server.requests[1] ?? { text: '' };
    expect(text).toContain('`advance`: changedFiles: Invalid input: expected array');
    expect(text).toContain('`advance`: summary: Too small');
  });

  it('that is no JSON goes back', async () => {
    const cut = { name: 'advance', input: '{"summary": "Dark mo' };
    const { outcome, server } = await performRole({
      provider,
      script: [{ calls: [cut], stop: 'length' }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(server.requests[1]?.text).toContain('not JSON: it was cut at the output limit');
  });

  it('that calls nothing goes back', async () => {
    const { outcome, server } = await performRole({
      provider,
      script: [{ text: 'All done!' }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(server.requests[1]?.text).toContain('the answer calls no tool');
  });

  it('that calls a tool which is not there goes back with those that are', async () => {
    const { outcome, server } = await performRole({
      provider,
      workspace: folderWorkspace(),
      script: [{ calls: [{ name: 'bash', input: { command: 'ls' } }] }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(server.requests[1]?.text).toContain('there is no tool `bash`; expected one of list,');
  });
});

describe('an outcome', () => {
  it.each([
    ['request_retry', { reason: 'step 2 fails', details: 'no such API', targetState: 'planning' }],
    ['ask', { questions: [{ text: 'Which colours?', choices: ['black', 'grey'] }] }],
    ['fail', { reason: 'the repository is empty' }],
  ])('may be %s', async (name, input) => {
    const { outcome } = await performRole({ script: [{ calls: [{ name, input }] }] });
    expect(await outcome).toEqual({ kind: name, ...input });
  });

  it('must be the only one', async () => {
    const both = [DONE, { name: 'fail', input: { reason: 'or not' } }];
    const { outcome, server } = await performRole({ script: [{ calls: both }, { calls: [DONE] }] });
    expect(await outcome).toEqual(advanced);
    expect(server.requests[1]?.text).toContain('`advance`, `fail` were called in one answer');
  });

  it('waits for the results of what was called with it', async () => {
    const workspace = folderWorkspace();
    const write = { name: 'write', input: { path: 'theme.css', content: 'x' } };
    const { outcome, server } = await performRole({
      workspace,
      script: [{ calls: [write, DONE] }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(workspace.read('theme.css')).toBe('x');
    expect(server.requests[1]?.text).toContain('`advance` must be the only call of its answer');
  });

  it('never holds evidence, asked for or not', async () => {
    const input = {
      testsPassed: 3,
      testsFailed: 0,
      coveragePercent: 90,
      securityIssues: [],
      evidence: [{ purpose: 'test', argv: ['npm', 'test'], exitCode: 0 }],
    };
    const { outcome, server } = await performRole({
      assignment: buildAssignment('testing'),
      script: [{ calls: [{ name: 'advance', input }] }],
    });
    const { evidence: _, ...result } = input;
    expect(await outcome).toEqual({ kind: 'advance', result });
    const tools = JSON.stringify(server.requests[0]?.body['tools']);
    expect(tools).toContain('coveragePercent');
    expect(tools).not.toContain('evidence');
  });

  it('may hold nothing that no store can keep', async () => {
    const odd = { ...DONE, input: { ...DONE.input, summary: 'a\u0000b' } };
    const { outcome, server } = await performRole({
      script: [{ calls: [odd] }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(server.requests[1]?.text).toContain('`advance`: summary: text must not contain NUL');
  });

  it('is wrapped where the output is no plain object', async () => {
    const outputSchema = {
      anyOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] },
      ],
    };
    const call = (input: unknown): Said => ({ calls: [{ name: 'advance', input }] });
    const { outcome, server } = await performRole({
      assignment: { outputSchema },
      script: [call({ b: 1 }), call({ result: { b: 'x' } }), call({ result: { b: 1 } })],
    });
    expect(await outcome).toEqual({ kind: 'advance', result: { b: 1 } });
    expect(server.requests[1]?.text).toContain('`advance`: expected a JSON object');
    expect(server.requests[2]?.text).toContain('expected number, received string');
  });
});

describe('the bounds of a conversation', () => {
  const broken: Said = { calls: [{ name: 'advance', input: { summary: 'x' } }] };
  const look: Said = { calls: [{ name: 'list', input: {} }] };

  it('fail the attempt with the last violations', async () => {
    const { outcome, server } = await performRole({ script: Array(4).fill(broken) });
    const error = await failure(outcome);
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain("no usable answer in 'implementation' after 3 corrections");
    expect(error.violations).toEqual([
      {
        field: 'result',
        description: '`advance`: changedFiles: Invalid input: expected array, received undefined',
      },
    ]);
    expect(server.requests).toHaveLength(4);
  });

  it('are not widened by looking things up in between', async () => {
    const script = [broken, look, broken, look, broken, look, broken];
    const { outcome } = await performRole({ script, workspace: folderWorkspace() });
    expect((await failure(outcome)).message).toContain('after 3 corrections');
  });

  it('forgive invalid calls between which work goes on', async () => {
    const invalid: Said = { text: 'hm' };
    const script = [invalid, look, invalid, look, invalid, look, invalid, look, { calls: [DONE] }];
    const { outcome } = await performRole({ script, workspace: folderWorkspace() });
    expect(await outcome).toEqual(advanced);
  });

  it('end it after maxSteps calls', async () => {
    const { outcome, server } = await performRole({
      script: Array(5).fill(look),
      workspace: folderWorkspace(),
      options: { maxSteps: 2 },
    });
    expect(await failure(outcome)).toMatchObject({
      code: 'limit_exceeded',
      retryable: false,
      message: expect.stringContaining('within 2 calls (maxSteps)'),
    });
    expect(server.requests).toHaveLength(2);
  });
});

it('a claim that does not hold goes back to the model and is noted, by default', async () => {
  const byDefault = { reviews: undefined } as object;
  const workspace = folderWorkspace({ 'theme.css': 'a' });
  const write = { name: 'write', input: { path: 'theme.css', content: 'x' } };
  const { outcome, server, context } = await performRole({
    workspace,
    options: byDefault,
    script: [{ calls: [DONE] }, { calls: [write] }, { calls: [DONE] }],
  });
  expect(await outcome).toEqual(advanced);
  const violation = 'changedFiles claims files that are not changed: theme.css';
  expect(server.requests[1]?.text).toContain(violation);
  expect(context.noted).toEqual([{ code: 'claim_refused', message: violation }]);
});
