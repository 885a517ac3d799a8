import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineWorkflow } from '../model/define-workflow.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { discovery, setUp } from './testing/set-up.ts';

describe('validation', () => {
  it.each([
    ['an id that is too long', { workflowId: 'x'.repeat(257) }, 'workflowId'],
    ['an empty role', { role: '' }, 'role'],
    ['NUL in a name', { role: 'q\u0000' }, 'role'],
    ['a misspelt field', { nextstate: 'planning' }, ''],
    ['a result that is no object', { result: 'done' }, 'result'],
    ['a result that is not JSON', { result: { at: [new Date()] } }, 'result.at.0'],
    [
      'an output that breaks the schema',
      { result: { summary: 'x', requirements: [] } },
      'result.requirements',
    ],
  ])('refuses %s', async (_, patch, field) => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const error = await baton
      .advance({ workflowId, ...discovery, ...patch } as never)
      .catch((e) => e);
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error.violations.map((v: { field: string }) => v.field)).toContain(field);
    expect(await baton.status({ workflowId })).toMatchObject({ revision: 1 });
  });

  it('refuses a payload past 2 MiB as a limit, not as nonsense', async () => {
    const { baton } = await setUp();
    const requirements = { text: 'x'.repeat(2 * 1024 * 1024) };
    await expect(baton.start(aBuild({ requirements }))).rejects.toMatchObject({
      code: 'limit_exceeded',
    });
  });

  it('refuses requirements and metadata that are too large together', async () => {
    const { baton } = await setUp();
    const half = { text: 'x'.repeat(1.6 * 1024 * 1024) };
    await expect(baton.start(aBuild({ requirements: half, metadata: half }))).rejects.toMatchObject(
      { code: 'limit_exceeded' },
    );
    expect((await baton.start(aBuild({ requirements: half }))).revision).toBe(1);
  });

  it('keeps what it committed safe from the caller', async () => {
    const { baton, store } = await setUp();
    const requirements = { list: ['a'] };
    const { workflowId } = await baton.start(aBuild({ requirements }));
    requirements.list.push('b');
    expect((await store.load(workflowId))?.snapshot.requirements).toEqual({ list: ['a'] });
  });

  it.each(['status', 'history', 'advance', 'requestRetry', 'rollback'] as const)(
    '%s of an unknown workflow is not found',
    async (operation) => {
      const { baton } = await setUp();
      const requests = {
        status: { workflowId: 'wf_x' },
        history: { workflowId: 'wf_x' },
        advance: { workflowId: 'wf_x', ...discovery },
        requestRetry: { workflowId: 'wf_x', reason: 'r' },
        rollback: { workflowId: 'wf_x', reason: 'r', targetState: 'discovery' },
      };
      await expect(baton[operation](requests[operation] as never)).rejects.toMatchObject({
        code: 'not_found',
        message: "there is no workflow 'wf_x'",
      });
    },
  );

  it.each(['__proto__', 'constructor', 'toString', 'testin'])(
    'refuses caps of %s, which is no phase, with those that are',
    async (phase) => {
      const phases = JSON.parse(`{"${phase}": {"tokens": 5}}`);
      const legal = 'discovery, planning, implementation, testing, verification, deployment';
      const refused = {
        code: 'invalid_input',
        message: expect.stringContaining(`there is no phase '${phase}' to cap; phases: ${legal}`),
        violations: [{ field: `budgets.phases.${phase}` }],
      };
      const { baton } = await setUp();
      const build = aBuild({ budgets: { phases } });
      await expect(baton.start(build)).rejects.toMatchObject(refused);
      const { workflowId } = await baton.start(aBuild());
      const retry = { workflowId, reason: 'r', budgets: { phases } };
      await expect(baton.requestRetry(retry)).rejects.toMatchObject(refused);
      await expect(setUp({ budgets: { phases } })).rejects.toThrow(`there is no phase '${phase}'`);
    },
  );

  it('refuses caps that are none, by where they stand', async () => {
    const { baton } = await setUp();
    const start = (phases: unknown) => baton.start(aBuild({ budgets: { phases } } as never));
    await expect(start({ testing: { tokens: -1, euros: 2 } })).rejects.toMatchObject({
      violations: [{ field: 'budgets.phases.testing.tokens' }, { field: 'budgets.phases.testing' }],
    });
    for (const none of ['testing', null, [{ tokens: 1 }]]) {
      await expect(start(none)).rejects.toMatchObject({
        violations: [{ field: 'budgets.phases', description: 'expected an object' }],
      });
    }
  });

  it('refuses a principal that has models and says that it has none', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };
    const principal = { models: ['a:b'], modelFamilies: [], kind: 'person' as const };
    await expect(baton.claim({ ...claim, principal })).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field: 'principal.kind', description: expect.stringContaining('no models') }],
    });
  });

  it('refuses a page token of another list, of other filters, and a forged one', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    await baton.start(aBuild());
    for (const completedState of ['discovery', 'planning'] as const) {
      const result = passingOutputs[completedState];
      await baton.advance({ workflowId, role: 'q_assistant', completedState, result });
    }
    const { projectId } = aBuild();
    const { nextPageToken: ofList = '' } = await baton.list({ projectId, pageSize: 1 });
    const { nextPageToken: ofHistory = '' } = await baton.history({ workflowId, pageSize: 1 });
    const list = (pageToken: string, filter: object = { projectId }) =>
      baton.list({ ...filter, pageToken });
    await expect(list(ofList)).resolves.toBeDefined();
    const forged = (token: string, change: (content: unknown[]) => unknown) =>
      Buffer.from(
        JSON.stringify(change(JSON.parse(Buffer.from(token, 'base64url').toString()))),
      ).toString('base64url');
    const at = (position: object) => list(forged(ofList, ([v, q]) => [v, q, position]));
    const refused = [
      list('bm9uc2Vuc2U'),
      list('!'),
      list(`${ofList}=`),
      list(`${ofList}AAAA`),
      list(ofHistory),
      list(ofList, {}),
      list(ofList, { projectId, state: 'discovery' }),
      list(ofList, { projectId, role: 'q_assistant' }),
      list(forged(ofList, ([, ...rest]) => [0, ...rest])),
      list(forged(ofList, (content) => [...content, 1])),
      list(forged(ofList, (content) => ({ ...content }))),
      at({ createdAt: 1e300, id: 'x' }),
      at({ createdAt: -1, id: 'x' }),
      at({ createdAt: 0.5, id: 'x' }),
      at({ createdAt: 1, id: '' }),
      at({ createdAt: 1, id: '\u0000' }),
      at({ createdAt: 1, id: '\ud800' }),
      at({ createdAt: 1, id: 'x'.repeat(257) }),
      at({ createdAt: 1, id: 'x', more: 1 }),
      at({ id: 'x', createdAt: 1 }),
      baton.history({ workflowId, pageToken: ofList }),
      baton.history({ workflowId: 'another', pageToken: ofHistory }),
      ...[0, -1, 1.5, 2 ** 32, '1', 2, 7].map((number) =>
        baton.history({
          workflowId,
          pageToken: forged(ofHistory, ([v, q]) => [v, q, { number }]),
        }),
      ),
    ];
    for (const refusal of refused) {
      await expect(refusal).rejects.toMatchObject({
        code: 'invalid_input',
        violations: [{ field: 'pageToken', description: expect.stringContaining('leave it out') }],
      });
    }
  });
});

it('keeps callers from changing what is stored through what it hands out', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const { discovery } = passingOutputs;
  const request = { workflowId, role: 'q_assistant', completedState: 'discovery' };
  const { handoffData } = await baton.advance({ ...request, result: discovery });
  const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };
  const { assignment } = await baton.claim(claim);
  const { inputs, requirements } = assignment;
  for (const shared of [handoffData, inputs, inputs['discovery'], requirements]) {
    expect(() => Object.assign(shared as object, { invented: true })).toThrow(TypeError);
  }
  expect((await baton.history({ workflowId })).handoffs[0]?.data).toEqual(discovery);
});

it('keeps callers from rewriting replies and history of the memory store', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const request = { workflowId, ...discovery, requestId: 'same' };
  const reply = await baton.advance(request);
  expect(() => Object.assign(reply, { state: 'complete' })).toThrow(TypeError);
  expect((await baton.advance(request)).state).toBe('planning');
  const { handoffs } = await baton.history({ workflowId });
  expect(() => Object.assign(handoffs[0] as object, { toState: 'zz' })).toThrow(TypeError);
  for await (const event of baton.watch({ workflowId, follow: false })) {
    expect(() => Object.assign(event, { triggeredBy: 'mallory' })).toThrow(TypeError);
  }
});

describe('what a schema makes of an output', () => {
  const made = (transform: (text: string) => unknown) => {
    const output = z.looseObject({ text: z.string().transform(transform) }) as never;
    const states = { ask: { phase: 'asker', output, to: 'done' }, done: { final: true } } as const;
    const roles = { asker: { title: 'Asker', instructions: 'Ask.' } };
    const definition = { name: 'survey', version: 1, roles, states };
    return { ...definition, states };
  };

  it.each<[string, (text: string) => unknown, string]>([
    ['more than 2 MiB', () => 'x'.repeat(5e6), 'limit_exceeded'],
    ['NUL', () => 'a\u0000b', 'invalid_input'],
    ['NaN', () => Number.NaN, 'invalid_input'],
    ['a bigint', () => 1n, 'invalid_input'],
  ])('is held to the same rules: %s', async (_, transform, code) => {
    const { baton } = await setUp({ definitions: [defineWorkflow(made(transform))] });
    const { workflowId } = await baton.start(aBuild());
    const ask = { workflowId, role: 'asker', completedState: 'ask', result: { text: 'x' } };
    await expect(baton.advance(ask)).rejects.toMatchObject({ code });
    expect((await baton.status({ workflowId })).state).toBe('ask');
  });

  it('and what a gate throws stop the work, and are told', async () => {
    const check = (): never => {
      throw new TypeError('no such field');
    };
    const gates = [{ name: 'broken', description: 'x', check }];
    const output = z.looseObject({});
    const states = {
      ask: { phase: 'asker', output, gates, to: 'done' },
      done: { final: true },
    } as const;
    const roles = { asker: { title: 'Asker', instructions: 'Ask.' } };
    const definition = defineWorkflow({ name: 'survey', version: 1, roles, states });
    const { baton } = await setUp({ definitions: [definition] });
    const { workflowId } = await baton.start(aBuild());
    const ask = { workflowId, role: 'asker', completedState: 'ask', result: {} };
    await expect(baton.advance(ask)).rejects.toMatchObject({
      code: 'gate_not_passed',
      message: expect.stringContaining('it could not be judged: no such field'),
    });
  });
});

it('says of what is too small or too large how large it is', async () => {
  const { baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 500 };
  for (const [refused, message] of [
    [baton.claim(claim), 'leaseMs: expected at least 1000 ms, found 500 ms'],
    [
      baton.status({ workflowId: '' }),
      'workflowId: expected at least 1 characters, found 0 characters',
    ],
    [baton.list({ pageSize: 1001 }), 'pageSize: expected at most 1000, found 1001'],
    [baton.start(aBuild({ timeoutMs: 0 })), 'timeoutMs: expected more than 0 ms, found 0 ms'],
    [
      baton.claim({ ...claim, leaseMs: 5000, roles: [] }),
      'roles: expected at least 1 entries, found 0 entries',
    ],
  ] as const) {
    await expect(refused).rejects.toThrow(message);
  }
});
