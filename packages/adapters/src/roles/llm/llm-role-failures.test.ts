import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { DONE, performRole, sleepingClock } from './testing/perform-role.ts';
import type { Turn } from './testing/script.ts';
import { scriptedServer } from './testing/scripted-server.ts';

const advanced = { kind: 'advance', result: DONE.input };

/** Error responses by provider. */
const errors = {
  anthropic: (type: string, message: string) => ({ type: 'error', error: { type, message } }),
  openai: (code: string, message: string) => ({ error: { message, type: code, code } }),
};
const refused = (status: number, body: unknown, headers = {}): Turn => ({
  error: { status, headers, body },
});
const rateLimit = (headers = {}) =>
  refused(429, errors.anthropic('rate_limit_error', 'slow down'), headers);
const overloaded = refused(529, errors.anthropic('overloaded_error', 'Overloaded'));

describe('a rate limit', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a date', { 'retry-after': new Date(1_000_000 + 9000).toUTCString() }, 9000],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1500],
    ['nothing', {}, 1000],
  ])('is waited out for as long as %s says', async (_, headers, ms) => {
    const { outcome, waits, context } = await performRole({
      script: [rateLimit(headers), { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(waits).toEqual([ms]);
    expect(context.used.map(({ requests, inputTokens }) => [requests, inputTokens])).toEqual([
      [1, 0],
      [1, 100],
    ]);
  });

  it('is not waited out for longer than is allowed', async () => {
    const { outcome, waits } = await performRole({
      script: [rateLimit({ 'retry-after': '61' })],
    });
    expect(await failure(outcome)).toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('anthropic:scripted is overloaded or limits the rate (429)'),
    });
    expect(waits).toEqual([]);
  });

  it('that is not waited out leaves the wait to the next attempt', async () => {
    const { outcome } = await performRole({ script: [rateLimit({ 'retry-after': '61' })] });
    expect((await failure(outcome)).metadata).toMatchObject({ retryAfterMs: '61000' });
    const silent = await performRole({ options: { retry: { tries: 1 } }, script: [rateLimit()] });
    expect((await failure(silent.outcome)).metadata).not.toHaveProperty('retryAfterMs');
  });

  it('is not waited out past the deadline', async () => {
    const { outcome, waits } = await performRole({
      assignment: { deadline: 1_005_000 },
      script: [rateLimit({ 'retry-after': '5' })],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'unavailable', retryable: true });
    expect(waits).toEqual([]);
  });

  it('ends with the assignment while it is waited out', async () => {
    const stop = new AbortController();
    const clock = { ...sleepingClock(), sleep: async () => stop.abort() };
    const { outcome, server, context } = await performRole({
      signal: stop.signal,
      options: { clock },
      script: [rateLimit({ 'retry-after': '5' }), { calls: [DONE] }],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'cancelled' });
    expect(server.requests).toHaveLength(1);
    expect(context.used).toHaveLength(1);
  });
});

it('a rate limit that speaks of too many tokens is a rate limit', async () => {
  const said = 'Request too large: too many tokens per minute, exceeds the limit';
  const { outcome, waits } = await performRole({
    provider: 'openai',
    script: [refused(429, errors.openai('rate_limit_exceeded', said)), { calls: [DONE] }],
  });
  expect(await outcome).toEqual(advanced);
  expect(waits).toEqual([1000]);
});

describe('overload', () => {
  it('fails over to the second model, over another protocol, and stays there', async () => {
    const second = await scriptedServer('openai', [
      { calls: [{ name: 'ask_me', input: {} }] },
      { calls: [DONE] },
    ]);
    const { outcome, context, server, waits } = await performRole({
      script: [{ text: 'Let me think.' }, overloaded, overloaded, overloaded],
      fallback: { provider: 'openai', model: 'gpt-spare', baseURL: second.baseURL, apiKey: 'k' },
    });
    expect(await outcome).toEqual(advanced);
    expect(server.requests).toHaveLength(4);
    expect(waits).toEqual([1000, 2000]);
    expect(second.requests[0]?.text).toContain('Let me think.');
    expect(context.noted).toEqual([
      {
        code: 'model_failover',
        message:
          'openai:gpt-spare takes over: anthropic:scripted is overloaded or limits the rate (529): Overloaded',
      },
    ]);
  });

  it('leaves the next model what was said, and not what the first kept for itself', async () => {
    const second = await scriptedServer('anthropic', [{ calls: [DONE] }]);
    const { outcome, server } = await performRole({
      script: [{ thought: 'hmm', text: 'I thought.' }, overloaded],
      options: { retry: { tries: 1 } },
      fallback: { provider: 'anthropic', model: 'spare', baseURL: second.baseURL, apiKey: 'k' },
    });
    expect(await outcome).toEqual(advanced);
    expect(server.requests[1]?.text).toContain('"signature":"signed"');
    expect(second.requests[0]?.text).toContain('I thought.');
    expect(second.requests[0]?.text).not.toContain('signed');
  });

  it.each([
    ['anthropic', 'overloaded_error'],
    ['openai', 'server_overloaded'],
    ['openai-chat', 'rate_limit_exceeded'],
    ['openai-compatible', 'Model is overloaded'],
  ] as const)('in the midst of a stream of %s is overload, too', async (provider, streamError) => {
    const { outcome, waits } = await performRole({
      provider,
      script: [{ text: 'Well', streamError }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(waits).toEqual([1000]);
  });

  it('of every model leaves the attempt to be tried again', async () => {
    const { outcome } = await performRole({ script: Array(3).fill(overloaded) });
    expect(await failure(outcome)).toMatchObject({ code: 'unavailable', retryable: true });
  });
});

describe('a refusal is not tried again', () => {
  const anthropic = 'anthropic';
  const openai = 'openai';
  it.each([
    [
      anthropic,
      401,
      errors.anthropic('authentication_error', 'invalid x-api-key'),
      'invalid_input',
      'refused the key: check apiKey',
    ],
    [
      openai,
      401,
      errors.openai('invalid_api_key', 'Incorrect API key'),
      'invalid_input',
      'refused the key: check apiKey',
    ],
    [
      openai,
      404,
      errors.openai('model_not_found', 'no such model'),
      'invalid_input',
      'is not known there: check model and baseURL',
    ],
    [
      anthropic,
      400,
      errors.anthropic('invalid_request_error', 'prompt is too long: 250000 tokens > 200000'),
      'limit_exceeded',
      'cannot take so long a context',
    ],
    [
      openai,
      400,
      errors.openai('context_length_exceeded', 'maximum context length is 128000'),
      'limit_exceeded',
      'cannot take so long a context',
    ],
    [
      openai,
      400,
      errors.openai('content_policy_violation', 'rejected by the content filter'),
      'invalid_input',
      'refused the content',
    ],
    [
      openai,
      429,
      errors.openai('insufficient_quota', 'You exceeded your current quota'),
      'limit_exceeded',
      'has no quota left',
    ],
    [
      anthropic,
      400,
      errors.anthropic('invalid_request_error', 'tools: bad'),
      'invalid_input',
      'refused the request',
    ],
  ] as const)('%s %i', async (provider, status, body, code, problem) => {
    const { outcome, server, waits } = await performRole({
      provider,
      script: [refused(status, body)],
    });
    const error = await failure(outcome);
    expect(error).toMatchObject({ code, message: expect.stringContaining(problem) });
    expect(error.retryable).toBe(false);
    expect(server.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it.each(['anthropic', 'openai', 'openai-chat'] as const)(
    'by the model over %s',
    async (provider) => {
      const { outcome } = await performRole({
        provider,
        script: [{ text: 'I cannot help with that.', stop: 'refusal' }],
      });
      expect(await failure(outcome)).toMatchObject({
        code: 'invalid_input',
        message: 'the model refused the content: I cannot help with that.',
      });
    },
  );
});

describe('what breaks off', () => {
  it.each(['anthropic', 'openai', 'openai-chat'] as const)(
    'by an abort over %s is cancelled at once, and counted',
    async (provider) => {
      const stop = new AbortController();
      const { outcome, context } = await performRole({
        provider,
        signal: stop.signal,
        script: [
          () => {
            setTimeout(() => stop.abort(), 100);
            return { text: 'I begin', ending: 'hang' };
          },
        ],
      });
      expect(await failure(outcome)).toMatchObject({ code: 'cancelled' });
      expect(context.used).toHaveLength(1);
      expect(context.used[0]?.inputTokens).toBeGreaterThan(0);
      expect(context.used[0]?.outputTokens).toBe(3);
    },
  );

  it('while a tool runs ends the attempt, without another call', async () => {
    const stop = new AbortController();
    const argv = [process.execPath, '-e', 'setTimeout(() => {}, 60000)'];
    const { outcome, server, context } = await performRole({
      signal: stop.signal,
      workspace: folderWorkspace(),
      options: { commands: [{ name: 'slow', argv }] },
      script: [
        () => {
          setTimeout(() => stop.abort(), 300);
          return { calls: [{ name: 'run_command', input: { name: 'slow' } }] };
        },
      ],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'cancelled' });
    expect(server.requests).toHaveLength(1);
    expect(context.used).toHaveLength(1);
  });

  it('by the deadline says so', async () => {
    const stop = new AbortController();
    const late = new BatonError('deadline_exceeded', 'too late', { retryable: false });
    const { outcome } = await performRole({
      signal: stop.signal,
      script: [
        () => {
          setTimeout(() => stop.abort(late), 50);
          return { ending: 'hang' };
        },
      ],
    });
    expect(await failure(outcome)).toMatchObject({ code: 'deadline_exceeded', retryable: false });
  });

  it('by the time limit of a call is tried again, in the end by the next attempt', async () => {
    const { outcome, server } = await performRole({
      // Long enough for a request to arrive on a busy machine.
      model: { timeoutMs: 6000 },
      options: { retry: { tries: 2 } },
      script: [{ ending: 'hang' }, { ending: 'hang' }],
    });
    expect(await failure(outcome)).toMatchObject({
      code: 'deadline_exceeded',
      retryable: true,
      message: 'anthropic:scripted did not finish its answer within 6000 ms',
    });
    expect(server.requests).toHaveLength(2);
  });

  it('by the network is tried again', async () => {
    const { outcome, waits } = await performRole({
      script: [{ text: 'I be', ending: 'break' }, { calls: [DONE] }],
    });
    expect(await outcome).toEqual(advanced);
    expect(waits).toEqual([1000]);
  });

  it('before it begins, for want of a server, is left to the next attempt', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await once(gone.close(), 'close');
    const { outcome, context } = await performRole({
      script: [],
      model: { baseURL: `http://127.0.0.1:${port}/v1` },
    });
    expect(await failure(outcome)).toMatchObject({ code: 'unavailable', retryable: true });
    expect(context.used[0]).toMatchObject({ requests: 1, inputTokens: 0 });
  });
});
