import {
  type BatonError,
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  createRunner,
  type RunnerReport,
  type WorkflowEvent,
} from '@baton/core';
import { expect, it, onTestFinished } from 'vitest';
import { createTestRepository } from '../../workspace/testing/test-repository.ts';
import { createReleaseManager } from '../checks/release-manager.ts';
import { createTestAuditor } from '../checks/test-auditor.ts';
import { createVerificationOverseer } from '../checks/verification-overseer.ts';
import { createLlmRole } from './llm-role.ts';
import type { ModelConfig } from './model-config.ts';
import { sleepingClock } from './testing/perform-role.ts';
import type { Turn } from './testing/script.ts';
import { type ScriptedServer, scriptedServer } from './testing/scripted-server.ts';

/** The app's whole test suite: one test, with reports as other runners write them. */
const SUITE = `
import { writeFileSync } from 'node:fs';
const [, , reports] = process.argv;
const { greet } = await import('./greet.mjs');
const green = greet('Ada') === 'Hello, Ada!';
const found = green ? '' : '<failure>expected Hello, Ada!, found ' + greet('Ada') + '</failure>';
writeFileSync(reports + '/junit.xml', '<testsuites><testsuite><testcase name="greets">' + found + '</testcase></testsuite></testsuites>');
writeFileSync(reports + '/lcov.info', 'SF:greet.mjs\\nLF:10\\nLH:9\\nend_of_record\\n');
console.log(green ? 'ok 1 greets' : 'not ok 1 greets: found ' + greet('Ada'));
process.exitCode = green ? 0 : 1;
`;

const call = (name: string, input: unknown): Turn => ({ calls: [{ name, input }] });
const advance = (input: unknown): Turn => call('advance', input);
const WRITTEN = { summary: 'greets by name', changedFiles: ['greet.mjs'] };
const overloaded = { error: { status: 503, body: { error: { message: 'overloaded' } } } };

const node = (...argv: string[]) => [process.execPath, ...argv];

/** The models of each role; roles without any run commands alone. */
type Thinkers = Readonly<Record<string, readonly ModelConfig[]>>;

/** A build of the greeting, in which the family that writes the code may not verify it. */
async function greetingBuild(thinkers: Thinkers, onReport?: (report: RunnerReport) => void) {
  const clock = sleepingClock();
  const thinks = (role: string) =>
    createLlmRole({ role, models: thinkers[role] ?? [], clock, retry: { tries: 3 } });
  const judges = (role: string) => (thinkers[role] === undefined ? {} : { author: thinks(role) });
  const repository = createTestRepository({ 'suite.mjs': SUITE });
  const store = await createMemoryStore();
  const baton = createOrchestrator({
    store,
    definitions: [
      buildDefinition({
        separations: [{ phase: 'verification', from: 'implementation', by: 'model_family' }],
      }),
    ],
  });
  const runner = createRunner({
    source: baton,
    workspaces: repository.provider(),
    onReport,
    roles: [
      thinks('q_assistant'),
      thinks('code_writer'),
      createTestAuditor({
        test: { name: 'test', argv: node('suite.mjs', '{reports}') },
        ...judges('test_auditor'),
      }),
      createVerificationOverseer({
        verify: [{ name: 'syntax', argv: node('--check', 'greet.mjs') }],
        ...judges('verification_overseer'),
      }),
      createReleaseManager({
        deploy: { name: 'deploy', argv: node('--check', 'greet.mjs') },
        smoke: [{ name: 'home', argv: node('suite.mjs', '{reports}') }],
        target: 'nowhere',
        ...judges('release_manager'),
      }),
    ],
  });
  const running = runner.run();
  onTestFinished(async () => {
    await runner.stop(0);
    await running;
  });
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: { request: 'Greet people by name' },
    budgets: { tokens: 100_000, cost: 5 },
  });
  return { workflowId, baton, store, clock };
}

function model(
  provider: ModelConfig['provider'],
  name: string,
  { baseURL }: ScriptedServer,
): ModelConfig {
  const price = { input: 1, output: 10 };
  return { provider, model: name, baseURL, apiKey: 'key-of-the-test', price };
}

it('a build goes from request to complete, through all that models and providers do wrong', async () => {
  const planner = await scriptedServer('anthropic', [
    { error: { status: 429, headers: { 'retry-after': '7' }, body: {} } },
    advance({ summary: 'A greeting', requirements: ['greet("Ada") is "Hello, Ada!"'] }),
    // Invalid JSON first, then a schema violation, then a correct call.
    call('advance', '{"steps": ['),
    advance({ steps: 'write it', testingStrategy: 'unit', risks: [] }),
    advance({ steps: ['write greet.mjs'], testingStrategy: 'unit', risks: [] }),
    call('write', { path: 'greet.mjs', content: 'export const greet = (name) => "Hi " + name;\n' }),
    advance(WRITTEN),
    ({ text }) => {
      expect(text).toContain('1 of 1 tests failed: greets');
      expect(text).toContain('not ok 1 greets: found Hi Ada');
      return call('edit', {
        path: 'greet.mjs',
        old: '"Hi " + name',
        new: '"Hello, " + name + "!"',
      }) as never;
    },
    advance(WRITTEN),
  ]);
  const judge = await scriptedServer('openai', [
    overloaded,
    overloaded,
    overloaded,
    call('read', { path: 'greet.mjs' }),
    ({ text }) => {
      expect(text).toContain('Hello, ');
      return advance({ approved: true, findings: ['greets in English only'] }) as never;
    },
  ]);
  const standIn = await scriptedServer('openai-chat', [
    advance({ testsPassed: 40, testsFailed: 0, coveragePercent: 100, securityIssues: [] }),
    advance({ deployed: true, target: 'nowhere', smokeTests: [] }),
  ]);
  const claude = model('anthropic', 'claude-x', planner);
  const gpt = model('openai', 'gpt-x', judge);
  const other = model('openai-chat', 'gpt-y', standIn);
  const { workflowId, baton, store, clock } = await greetingBuild({
    q_assistant: [claude],
    code_writer: [claude],
    test_auditor: [gpt, other],
    verification_overseer: [gpt, other],
    release_manager: [other],
  });
  const events: WorkflowEvent[] = [];
  const said: string[] = [];
  const onProgress = ({ message }: { message: string }) => said.push(message);
  for await (const event of baton.watch({ workflowId }, undefined, onProgress)) events.push(event);

  const status = await baton.status({ workflowId });
  expect(status).toMatchObject({ state: 'complete', retries: 1 });
  expect(clock.waits).toContain(7000);
  const noted = events.filter(({ type }) => type === 'noted').map(({ data }) => data['code']);
  expect(noted).toContain('model_failover');
  expect(noted).toContain('claim_replaced');
  const { outputs } = (await store.load(workflowId))?.snapshot ?? expect.fail('it is gone');
  expect(outputs['testing']).toMatchObject({ testsPassed: 1, coveragePercent: 90 });
  // Over the responses API, including a tool and its result.
  expect(outputs['verification']).toMatchObject({ findings: ['greets in English only'] });
  expect(judge.requests.map(({ path }) => path)).toEqual(Array(5).fill('/v1/responses'));
  expect(status.usage['verification']).toMatchObject({ requests: 2, inputTokens: 200 });
  expect(outputs['deployment']).toMatchObject({ smokeTests: [{ name: 'home', passed: true }] });
  expect(said).toContain('write greet.mjs');
  // Every answer was counted, including those of both attempts at the code.
  expect(status.usage['implementation']).toMatchObject({ requests: 4, inputTokens: 400 });
  expect(status.usage['planning']?.cost).toBeCloseTo((3 * (100 * 1 + 20 * 10)) / 1e6);
});

it('the family that wrote the code may not verify it, not even as an author', async () => {
  const right = 'export const greet = (name) => "Hello, " + name + "!";\n';
  const writer = await scriptedServer('anthropic', [
    advance({ summary: 'A greeting', requirements: ['greets'] }),
    advance({ steps: ['write greet.mjs'], testingStrategy: 'unit', risks: [] }),
    call('write', { path: 'greet.mjs', content: right }),
    advance(WRITTEN),
  ]);
  const verifier = await scriptedServer('anthropic', [advance({ approved: true, findings: [] })]);
  const claude = model('anthropic', 'claude-x', writer);
  const refused = Promise.withResolvers<BatonError>();
  const { workflowId, baton } = await greetingBuild(
    {
      q_assistant: [claude],
      code_writer: [claude],
      verification_overseer: [model('anthropic', 'claude-y', verifier)],
    },
    (report) => {
      if (report.kind === 'trouble') refused.resolve(report.error);
      if (report.kind === 'outcome' && report.assignment.state === 'verification') {
        refused.reject(new Error('the same family has verified its own code'));
      }
    },
  );
  expect(await refused.promise).toMatchObject({
    code: 'not_owner',
    metadata: { phase: 'verification', from: 'implementation', by: 'model_family' },
  });
  expect(await baton.status({ workflowId })).toMatchObject({ state: 'verification' });
  expect(verifier.requests).toEqual([]);
});
