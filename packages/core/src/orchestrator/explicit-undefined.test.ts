import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { createRunner } from '../runner/runner.ts';
import { aTeam, reaches } from '../runner/testing/team.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';

type Absent<T> = { [Name in keyof T]-?: undefined };

const NOTHING: Absent<Omit<OrchestratorOptions, 'store'>> = {
  definitions: undefined,
  timeoutMs: undefined,
  maxRetries: undefined,
  maxAttempts: undefined,
  budgets: undefined,
  concurrency: undefined,
  watchPollMs: undefined,
  workPollMs: undefined,
  cacheSize: undefined,
  listeners: undefined,
  dispatcher: undefined,
  telemetry: undefined,
  clock: undefined,
  ids: undefined,
  onHintError: undefined,
};

it('takes options that are undefined for absent, of the orchestrator and of a runner', async () => {
  const baton = createOrchestrator({ store: await createMemoryStore(), ...NOTHING });
  const runner = createRunner({
    source: baton,
    roles: aTeam(),
    workspaces: undefined,
    workflowId: undefined,
    worker: undefined,
    concurrency: undefined,
    leaseMs: undefined,
    backoff: { initialMs: undefined, maxMs: undefined },
    clock: undefined,
    random: undefined,
    redact: undefined,
    onReport: undefined,
  });
  void runner.run();
  const { requirements: _, ...build } = aBuild();
  const given = { timeoutMs: undefined, maxRetries: undefined, budgets: undefined };
  const { workflowId } = await baton.start({ ...build, requirements: { request: 'x' }, ...given });
  await reaches(baton, workflowId, 'complete');
  const { maxRetries, deadline, createdAt } = await baton.status({ workflowId });
  expect([maxRetries, deadline - createdAt]).toEqual([3, 3_600_000]);
  await runner.stop(0);
});

it.each<[keyof OrchestratorOptions, unknown]>([
  ...(
    ['timeoutMs', 'maxRetries', 'maxAttempts', 'watchPollMs', 'workPollMs', 'cacheSize'] as const
  ).flatMap((name) =>
    [Number.NaN, Number.POSITIVE_INFINITY, -1, '5', null].map((value): [typeof name, unknown] => [
      name,
      value,
    ]),
  ),
  ['timeoutMs', 0],
  ['timeoutMs', 367 * 86_400_000],
  ['maxAttempts', 0],
  ['budgets', { wallMs: 367 * 86_400_000 }],
  ['budgets', { phases: { testing: { tokens: 0.5 } } }],
])('refuses an option that no workflow could be stored with: %s %s', async (name, value) => {
  const store = await createMemoryStore();
  const create = () => createOrchestrator({ store, [name]: value });
  expect(create).toThrow(`the set of orchestrator options is not valid: ${name}`);
});
