import {
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  type OrchestratorOptions,
} from '@baton/core';
import { describe, expect, it } from 'vitest';
import { createBatonMcp } from './create-baton-mcp.ts';
import type { McpOptions } from './mcp-options.ts';
import { createProjectStarter } from './project-starter.ts';
import { type ClientOptions, connectClient, type Era, type Way } from './testing/connect-client.ts';
import { createClaimDesk } from './work/claim-desk.ts';

const EVERY: readonly (readonly [Era, Way])[] = [
  ['2025', 'http'],
  ['2025', 'stdio'],
  ['2026', 'http'],
  ['2026', 'stdio'],
];

const REQUEST = 'Build me a dark mode feature';
const DISCOVERY = { summary: 'A dark mode', requirements: ['A switch changes the colours'] };
const PLAN = { steps: ['Write it'], testingStrategy: 'By the tests', risks: [] };

async function createMcp(
  more: Partial<McpOptions> = {},
  orchestrating: Partial<OrchestratorOptions> = {},
) {
  const operations = createOrchestrator({ store: await createMemoryStore(), ...orchestrating });
  const mcp = createBatonMcp({
    operations,
    startBuild: createProjectStarter(operations),
    desk: createClaimDesk(operations),
    ...more,
  });
  return { operations, mcp };
}

describe.each(EVERY)('to a client of %s over %s', (era, way) => {
  it('offers twelve tools with schemas of what they answer, prompts for each role, and resources', async () => {
    const { client } = await connectClient((await createMcp()).mcp, { era, way });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['start_build', 'get_build', 'list_builds', 'wait_for_change'],
      ...['answer_question', 'decide_approval', 'request_retry', 'rollback_build'],
      'cancel_build',
      ...['take_work', 'read_assignment', 'report_progress', 'submit_work'],
    ]);
    for (const { name, outputSchema, description } of tools) {
      expect([name, outputSchema?.type, description?.length]).toEqual([
        name,
        'object',
        expect.any(Number),
      ]);
    }
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      ...['act_as_q_assistant', 'act_as_code_writer', 'act_as_test_auditor'],
      ...['act_as_verification_overseer', 'act_as_release_manager'],
    ]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['build', 'handoffs', 'events', 'definition', 'project-stats']),
    );
  });

  it('starts a build and lets the client perform its roles, with a wrong result corrected', async () => {
    const { call, client } = await connectClient((await createMcp()).mcp, { era, way });
    const started = await call('start_build', { request: REQUEST, projectId: 'shop' });
    expect(started.data).toMatchObject({
      begun: true,
      build: { state: 'discovery', role: 'q_assistant' },
    });
    const { workflowId } = started.data.build;
    const again = await call('start_build', { request: REQUEST, projectId: 'shop' });
    expect(again.data).toMatchObject({ begun: false, build: { workflowId } });

    const taken = await call('take_work', { roles: ['q_assistant'], workflowId });
    const { workId, assignment } = taken.data.work;
    expect(assignment).toMatchObject({ state: 'discovery', requirements: { request: REQUEST } });
    const none = await call('take_work', { roles: ['q_assistant'], waitSeconds: 0 });
    expect(none.data).toEqual({});
    expect((await call('read_assignment', { workId })).data).toMatchObject({
      work: { assignment },
    });
    expect((await call('report_progress', { workId, messages: ['Reading'] })).data).toEqual({
      reported: 1,
    });

    const wrong = await call('submit_work', {
      workId,
      outcome: { kind: 'advance', result: { summary: 'A dark mode' } },
    });
    expect(wrong.data).toMatchObject({
      kind: 'refused',
      reasons: [expect.stringContaining('requirements')],
    });
    const right = { workId, outcome: { kind: 'advance', result: DISCOVERY } };
    expect((await call('submit_work', right)).data).toEqual({ kind: 'handed_over', reasons: [] });
    const late = await call('submit_work', right);
    expect(late).toMatchObject({ isError: true, text: expect.stringContaining('stale_claim') });

    const planning = await call('take_work', { roles: ['q_assistant'], workflowId });
    const next = planning.data.work;
    await call('submit_work', { workId: next.workId, outcome: { kind: 'advance', result: PLAN } });
    const writing = await call('take_work', { roles: ['code_writer'] });
    expect(writing.data).toMatchObject({ work: { assignment: { state: 'implementation' } } });

    const { contents } = await client.readResource({
      uri: `baton://builds/${workflowId}/handoffs`,
    });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
      handoffs: [
        { fromState: 'discovery', data: DISCOVERY },
        { fromState: 'planning', data: PLAN },
        { fromState: 'handoff_to_coder' },
      ],
      more: false,
    });
  });

  it('says what is wrong, where, and what is legal', async () => {
    const { call } = await connectClient((await createMcp()).mcp, { era, way });
    expect(await call('get_build', { workflowId: 'wf_no' })).toMatchObject({
      isError: true,
      text: expect.stringContaining("not_found: there is no workflow 'wf_no'"),
    });
    expect(await call('start_build', { request: REQUEST })).toMatchObject({
      isError: true,
      text: expect.stringContaining('projectId: found nothing'),
    });
    const started = await call('start_build', { request: REQUEST, projectId: 'shop' });
    const { workflowId } = started.data.build;
    const rollback = { workflowId, targetState: 'deployment', reason: 'No' };
    expect(await call('rollback_build', rollback)).toMatchObject({
      isError: true,
      text: expect.stringMatching(/illegal_transition: .*\n(.*\n)*Legal: discovery/),
    });
    expect(
      (await call('submit_work', { workId: 'x', outcome: { kind: 'fail', reason: 'r' } })).text,
    ).toContain('workId: expected an id as take_work answers it');
  });

  it('waits for a change', async () => {
    const { mcp, operations } = await createMcp();
    const { call } = await connectClient(mcp, { era, way });
    const started = await call('start_build', { request: REQUEST, projectId: 'shop' });
    const { workflowId, sequence } = started.data.build;
    const known = await call('wait_for_change', { workflowId, afterSequence: 0 });
    expect(known.data).toMatchObject({ events: [{ type: 'workflow_started', sequence: 1 }] });
    const waiting = call('wait_for_change', { workflowId, afterSequence: sequence });
    await operations.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 });
    expect((await waiting).data).toMatchObject({
      events: [{ type: 'assignment_claimed' }],
      build: { worker: 'w' },
    });
    const nothing = { workflowId, afterSequence: sequence + 1, timeoutSeconds: 0 };
    expect((await call('wait_for_change', nothing)).data).toMatchObject({ events: [] });
  });
});

describe('an approval', () => {
  const definitions = [buildDefinition({ approvals: [{ from: 'discovery', to: 'planning' }] })];

  async function createWaiting(client: ClientOptions, more: Partial<McpOptions> = {}) {
    const { mcp, operations } = await createMcp(more, { definitions });
    const { call } = await connectClient(mcp, client);
    const { workflowId } = await operations.start({
      ...{ projectId: 'shop', buildId: 'b', userId: 'ada', requirements: { request: REQUEST } },
    });
    const role = 'q_assistant';
    await operations.advance({ workflowId, role, completedState: 'discovery', result: DISCOVERY });
    return { call, workflowId, operations };
  }

  const ABLE = EVERY.filter(([era, way]) => era === '2026' || way === 'stdio');

  it.each(ABLE)(
    'is decided by the person of a client of %s over %s, who is shown what',
    async (era, way) => {
      const shown: string[] = [];
      const person = (message: string) => {
        shown.push(message);
        return { action: 'accept', content: { approved: true } };
      };
      const { call, workflowId } = await createWaiting({ era, way, person });
      const decided = await call('decide_approval', { workflowId, by: 'ada' });
      expect(decided.data).toMatchObject({ build: { state: 'planning' } });
      expect(shown).toEqual([
        `Build 'b' (${workflowId}): q_assistant has finished 'discovery'. Let it go on to 'planning'? (In the name of 'ada')`,
      ]);
      expect(await call('decide_approval', { workflowId })).toMatchObject({
        isError: true,
        text: `wrong_state: build ${workflowId} waits for no approval`,
      });
    },
  );

  it.each(ABLE)(
    'sends the work back with the reason of a person of %s over %s',
    async (era, way) => {
      const content = { approved: false, reason: 'Name the colours' };
      const person = () => ({ action: 'accept', content });
      const { call, workflowId } = await createWaiting({ era, way, person });
      expect((await call('decide_approval', { workflowId })).data).toMatchObject({
        build: { state: 'discovery', epoch: 2, retries: 1 },
      });
      const taken = await call('take_work', { roles: ['q_assistant'] });
      expect(taken.data).toMatchObject({
        work: { assignment: { feedback: { reason: 'Name the colours' } } },
      });
    },
  );

  it('changes nothing where the person does not decide', async () => {
    for (const action of ['decline', 'cancel']) {
      const person = () => ({ action });
      const { call, workflowId } = await createWaiting({ era: '2026', way: 'http', person });
      expect(await call('decide_approval', { workflowId })).toMatchObject({
        isError: true,
        text: 'cancelled: the person did not decide: nothing was changed',
      });
      expect((await call('get_build', { workflowId })).data).toMatchObject({
        build: { state: 'discovery', approval: { to: 'planning' } },
      });
    }
  });

  it.each(EVERY)(
    'is refused to a client of %s over %s that cannot ask its person',
    async (era, way) => {
      const { call, workflowId } = await createWaiting({ era, way });
      expect(await call('decide_approval', { workflowId })).toMatchObject({
        isError: true,
        text: `not_owner: a person decides this, and this client cannot ask its person (elicitation); a person decides at a terminal: baton approve ${workflowId}`,
      });
    },
  );

  it('is asked anew when the build has moved meanwhile', async () => {
    const shown: string[] = [];
    let move = async () => {};
    const person = async (message: string) => {
      shown.push(message);
      await move();
      return { action: 'accept', content: { approved: true } };
    };
    const { call, workflowId, operations } = await createWaiting({
      era: '2026',
      way: 'http',
      person,
    });
    move = async () => {
      move = async () => {};
      await operations.decideApproval({ workflowId, approved: false, by: 'ada', reason: 'No' });
      const role = 'q_assistant';
      await operations.advance({
        workflowId,
        role,
        completedState: 'discovery',
        result: DISCOVERY,
      });
    };
    await call('decide_approval', { workflowId });
    expect(shown).toHaveLength(2);
  });

  it.each([
    ['request_retry', { reason: 'Again' }, "Send 'b' back, because: Again", { epoch: 2 }],
    [
      'rollback_build',
      { reason: 'Again', targetState: 'discovery' },
      "Roll 'b' back to 'discovery', because: Again",
      { epoch: 2 },
    ],
    [
      'cancel_build',
      { reason: 'No longer' },
      "Cancel 'b', because: No longer",
      { epoch: 1, state: 'error', failure: { code: 'cancelled', by: 'mcp', message: 'No longer' } },
    ],
  ])(
    'is what %s takes, where people confirm every decision',
    async (tool, input, message, build) => {
      const shown: string[] = [];
      let agree = false;
      const person = (text: string) => {
        shown.push(text);
        return { action: 'accept', content: { agree } };
      };
      const client = { era: '2026', way: 'http', person } as const;
      const { call, workflowId, operations } = await createWaiting(client, {
        confirm: 'decisions',
      });
      await operations.decideApproval({ workflowId, approved: true, by: 'ada' });
      expect(await call(tool, { workflowId, ...input })).toMatchObject({
        isError: true,
        text: 'cancelled: the person said no: nothing was changed',
      });
      agree = true;
      expect((await call(tool, { workflowId, ...input })).data).toMatchObject({
        build,
      });
      expect(shown).toEqual([message, message]);
    },
  );
});

it('gives back what it took for a client that has gone meanwhile', async () => {
  const { operations } = await createMcp();
  const { workflowId } = await operations.start({
    ...{ projectId: 'shop', buildId: 'b', userId: 'ada', requirements: { request: REQUEST } },
  });
  const [taking, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const desk = createClaimDesk(operations);
  const { mcp } = await createMcp({
    operations,
    desk: {
      ...desk,
      async take(wanted) {
        taking.resolve();
        await gone.promise;
        return desk.take(wanted);
      },
    },
  });
  const { client } = await connectClient(mcp, { era: '2025', way: 'stdio' });
  const leaving = new AbortController();
  const call = client.callTool(
    { name: 'take_work', arguments: { roles: ['q_assistant'] } },
    { signal: leaving.signal },
  );
  await taking.promise;
  leaving.abort();
  await expect(call).rejects.toThrow();
  gone.resolve();
  const trail = async () => {
    const found = [];
    for await (const { type } of operations.watch({ workflowId, follow: false })) found.push(type);
    return found;
  };
  await expect.poll(trail).toContain('attempt_failed');
  expect(await operations.status({ workflowId })).toMatchObject({ claim: undefined, attempt: 0 });
});

it('does not promise to tell of changes to what it offers, which are none', async () => {
  const { client } = await connectClient((await createMcp()).mcp, { era: '2026', way: 'http' });
  const same = { listChanged: false };
  expect(client.getServerCapabilities()).toEqual({ tools: same, resources: same, prompts: same });
});

it("passes on a person's answer, in their name", async () => {
  const { mcp, operations } = await createMcp();
  const { call } = await connectClient(mcp, { era: '2026', way: 'http' });
  const started = await call('start_build', { request: REQUEST, projectId: 'shop' });
  const { workflowId } = started.data.build;
  const { workId } = (await call('take_work', { roles: ['q_assistant'] })).data.work;
  const questions = [{ text: 'Which colours?', choices: ['black', 'grey'] }];
  await call('submit_work', { workId, outcome: { kind: 'ask', questions } });
  const { build } = (await call('get_build', { workflowId })).data;
  expect(build).toMatchObject({
    questions: [{ text: 'Which colours?', choices: ['black', 'grey'] }],
  });
  const [{ id: questionId }] = build.questions;
  const wrong = await call('answer_question', { workflowId, questionId, answer: 'red', by: 'ada' });
  expect(wrong.text).toMatch(/^invalid_input: .*black/s);
  await call('answer_question', { workflowId, questionId, answer: 'black', by: 'ada' });
  const taken = await call('take_work', { roles: ['q_assistant'] });
  expect(taken.data.work.assignment).toMatchObject({
    answers: [{ question: 'Which colours?', answer: 'black', answeredBy: 'ada' }],
  });
  expect((await operations.status({ workflowId })).questions).toHaveLength(1);
});

it('keeps models apart that a definition separates', async () => {
  const definitions = [
    buildDefinition({
      separations: [{ phase: 'planning', from: ['discovery'], by: 'family' }],
    } as never),
  ];
  const { mcp } = await createMcp({}, { definitions });
  const { call } = await connectClient(mcp, { era: '2026', way: 'http' });
  await call('start_build', { request: REQUEST, projectId: 'shop' });
  const principal = { modelFamilies: ['claude'] };
  const first = (await call('take_work', { roles: ['q_assistant'], principal })).data.work;
  await call('submit_work', {
    workId: first.workId,
    outcome: { kind: 'advance', result: DISCOVERY },
  });
  const { workflowId } = first.assignment;
  const same = await call('take_work', {
    roles: ['q_assistant'],
    workflowId,
    principal,
    waitSeconds: 0,
  });
  expect(same).toMatchObject({ isError: true, text: expect.stringContaining('claude') });
  const other = { roles: ['q_assistant'], workflowId, principal: { modelFamilies: ['gpt'] } };
  expect((await call('take_work', other)).data.work.assignment).toMatchObject({
    state: 'planning',
  });
});
