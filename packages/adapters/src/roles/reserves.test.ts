import { createMemoryStore, createOrchestrator, type RoleAdapter } from '@baton/core';
import { NO_ALLOWANCE } from '@baton/core/internal';
import { createFakeClock } from '@baton/core/testing';
import { expect, it } from 'vitest';
import { openCassette } from './cassette/cassette.ts';
import { replayingRole } from './cassette/replaying-role.ts';
import { createCommandRole } from './command/command-role.ts';
import { createHumanRole } from './human/human-role.ts';

const role = 'q_assistant';

it.each<[string, RoleAdapter]>([
  ['a command', createCommandRole({ role, argv: ['x'] })],
  ['a person', createHumanRole({ role })],
  ['a recording', replayingRole(role, openCassette('/nowhere.json'))],
])('a budget loses nothing to the death of the process in which %s works', async (_, adapter) => {
  const clock = createFakeClock();
  const baton = createOrchestrator({ store: await createMemoryStore(), clock });
  const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
  const { workflowId } = await baton.start({ ...build, budgets: { tokens: 60_000, cost: 5 } });
  const claim = { workflowId, worker: 'w', roles: [role], leaseMs: 1000 };
  const reserve = adapter.reserve === undefined ? {} : { reserve: adapter.reserve };
  await baton.claim({ ...claim, ...reserve });
  clock.advance(1000);
  const { claim: next } = await baton.claim(claim);
  expect(next.reserved).toEqual({ tokens: 60_000, cost: 5 });
});

it('a command may use what it is given', () => {
  const reserve = { tokens: 7 };
  expect(createCommandRole({ role, argv: ['x'] }).reserve).toEqual(NO_ALLOWANCE);
  expect(createCommandRole({ role, argv: ['x'], reserve }).reserve).toEqual(reserve);
});
