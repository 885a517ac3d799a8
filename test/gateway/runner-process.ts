// Carries one build on a SQLite file on, with roles that ask models through a gateway, until it is in `error` or
// complete, or dies on the way if it is told to. argv: a KillPlan as JSON.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createModelGateway, type UsageJournal } from '@baton/adapters/gateway';
import { createSqliteStore } from '@baton/adapters/sqlite';
import {
  type Assignment,
  BatonError,
  createOrchestrator,
  createRunner,
  type Outcome,
  type RoleContext,
} from '@baton/core';
// By their files: a process that loads little is killed and started again soon.
import { createClaimMemory } from '../../packages/builds/src/run/claim-memory.ts';
import { createUsageJournals } from '../../packages/builds/src/run/usage-journals.ts';
import { passingOutputs } from '../../packages/core/src/testing/build-outputs.ts';
import { createScriptedRole } from '../../packages/core/src/testing/scripted-role.ts';
import { createRandom } from '../chaos/random.ts';
import { crashingStore, createFuse } from '../crash/crash-point.ts';
import { type KillPlan, type KillPoint, PRICE } from './kill-plan.ts';

const plan = JSON.parse(process.argv[2] ?? '') as KillPlan;
const random = createRandom(plan.seed);
const fuse = createFuse<KillPoint>(plan.kill?.point, plan.kill?.nth ?? 1);
const journals = createUsageJournals(plan.folder);

function killing(journal: UsageJournal): UsageJournal {
  return {
    ...journal,
    async reserve(model, most) {
      fuse.pass('before reservation');
      const call = await journal.reserve(model, most);
      fuse.pass('after reservation');
      return call;
    },
    settle(call, end) {
      fuse.pass('before settlement');
      journal.settle(call, end);
      fuse.pass('after settlement');
    },
  };
}

const PATHS = [
  '/v1/messages',
  '/v1/responses',
  '/v1/chat/completions',
  '/v1beta/models/m:generateContent',
  '/v1beta/models/m:streamGenerateContent?alt=sse',
] as const;

interface Question {
  readonly path: (typeof PATHS)[number];
  readonly body: object;
}

function question(): Question {
  const path = random.pick(PATHS);
  const limit = random.between(300, 3000);
  const limits = {
    '/v1/messages': { max_tokens: limit },
    '/v1/responses': random.chance(0.5) ? { max_output_tokens: limit } : {},
    '/v1/chat/completions': random.chance(0.5) ? { max_completion_tokens: limit } : {},
    '/v1beta/models/m:generateContent': { generationConfig: { maxOutputTokens: limit } },
    '/v1beta/models/m:streamGenerateContent?alt=sse': {},
  }[path];
  const text = 'x'.repeat(random.between(0, 2000));
  return { path, body: { model: 'm', stream: random.chance(0.6), text, ...limits } };
}

/** What a coding agent does with the address and the token that it is given. */
async function ask(url: string, token: string, { path, body }: Question): Promise<void> {
  const headers = { 'x-api-key': token, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${url}${path}`, init);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    fuse.pass('in the answer');
    text += decoder.decode(chunk, { stream: true });
  }
  if (answer.status === 400 && text.includes('the budget of this attempt is spent')) {
    throw new BatonError('budget_spent', text, { retryable: false });
  }
  if (answer.status !== 200) throw new BatonError('unavailable', text, { retryable: true });
}

async function perform(assignment: Assignment, context: RoleContext): Promise<Outcome> {
  const { signal, usage: report } = context;
  const upstream = { baseUrl: plan.baseUrl, key: 'key', models: { m: { price: PRICE } } };
  const gateway = await createModelGateway({
    upstreams: (['anthropic', 'openai', 'gemini'] as const).map((api) => ({ api, ...upstream })),
    allowance: assignment.allowance,
    retry: { tries: 2, maxWaitMs: 5 },
    journal: killing(journals.open(assignment)),
    ...{ report, signal },
  });
  try {
    for (let round = random.between(1, 2); round > 0; round--) {
      const asking = Array.from({ length: random.between(1, 2) }, question);
      const ends = await Promise.allSettled(
        asking.map((one) => ask(gateway.url, gateway.token, one)),
      );
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  } finally {
    await gateway.close();
  }
  const state = assignment.state as keyof typeof passingOutputs;
  if (state === 'testing' && random.chance(0.3)) return { kind: 'request_retry', reason: 'red' };
  return { kind: 'advance', result: { ...passingOutputs[state] } };
}

const roles = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
].map((role) => ({ ...createScriptedRole(role, perform), reserve: plan.reserve }));

const store = crashingStore(await createSqliteStore({ path: join(plan.folder, 'baton.db') }), fuse);
const baton = createOrchestrator({ store, maxAttempts: 1000, maxRetries: 1000 });
const { workflowId } = await baton.start({
  projectId: 'p',
  buildId: 'b',
  userId: 'u',
  requirements: {},
  budgets: plan.budgets,
  requestId: 'the-build',
});
const memory = createClaimMemory(join(plan.folder, 'claim'), workflowId, journals);
await memory.giveBack(baton);
const runner = createRunner({
  source: memory.remembering(baton),
  roles,
  concurrency: 1,
  backoff: { initialMs: 1, maxMs: 2 },
});
const run = runner.run();
while (!['error', 'complete'].includes((await baton.status({ workflowId })).state)) await pause(2);
await runner.stop();
await run;
await store.close();
