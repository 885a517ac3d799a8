import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { RoleContext } from '../ports/role-adapter.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { aBuild, snapshotOf } from '../testing/store-contract/harness.ts';
import { advance, aTeam, eventsOf, reaches, setUp } from './testing/team.ts';

it('aborts a role that works for long when its build is cancelled, and goes on once it is taken up', async () => {
  const aborted = Promise.withResolvers<unknown>();
  let begun = 0;
  const writes = async (_: unknown, { signal }: RoleContext) => {
    if (++begun > 1) return advance('implementation');
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    aborted.resolve(signal.reason);
    // It does not care that it was told to stop.
    return advance('implementation');
  };
  const store = await createMemoryStore();
  // No renewal could tell it within the time of a test.
  const patient = { leaseMs: 3_600_000, concurrency: 1 };
  const { baton, runner, reports } = await setUp(aTeam({ code_writer: [writes] }), patient, {
    store,
  });
  void runner.run();
  const { workflowId } = await baton.start(aBuild());
  await expect.poll(() => begun).toBe(1);
  const { claim } = await snapshotOf(store, workflowId);
  await baton.cancel({ workflowId, reason: 'not wanted any more', by: 'ada' });
  expect(await aborted.promise).toMatchObject({ code: 'stale_claim' });
  const late = { workflowId, role: 'code_writer', completedState: 'implementation' };
  const result = passingOutputs.implementation;
  await expect(baton.advance({ ...late, result, claimToken: claim?.token })).rejects.toMatchObject({
    code: 'stale_claim',
  });
  const { state, failure, completedPhases } = await baton.status({ workflowId });
  expect([state, failure?.code, failure?.state]).toEqual(['error', 'cancelled', 'implementation']);
  expect(completedPhases).toEqual(['discovery', 'planning']);
  const types = (await eventsOf(baton, workflowId)).map(({ type }) => type);
  expect(types.slice(-3)).toEqual(['assignment_claimed', 'attempt_lost', 'workflow_cancelled']);

  // The runner has its one place free again.
  await baton.requestRetry({ workflowId, reason: 'wanted after all', by: 'ada' });
  await reaches(baton, workflowId, 'complete');
  expect(begun).toBe(2);
  // That a person overtook an attempt is no trouble of the runner's, nor a failure of the attempt.
  const kinds = reports.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'trouble' || kind === 'attempt_failed')).toEqual([]);
});
