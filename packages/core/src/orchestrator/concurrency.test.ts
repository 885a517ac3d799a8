import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';
import { createRunner } from '../runner/runner.ts';
import { endWithTest } from '../runner/testing/team.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import type { ConcurrencyLimits } from './concurrency.ts';
import { createOrchestrator } from './orchestrator.ts';

const ROLES = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
];

/** Roles that count how many assignments they perform at once, by project and by role. */
function countingRoles() {
  const now = new Map<string, number>();
  const most: Record<string, number> = {};
  const count = (name: string, by: number): void => {
    const sum = (now.get(name) ?? 0) + by;
    now.set(name, sum);
    most[name] = Math.max(most[name] ?? 0, sum);
  };
  const roles = ROLES.map(
    (role): RoleAdapter => ({
      role,
      async perform({ projectId, state }) {
        const names = [`project:${projectId}`, `role:${role}`, 'all'];
        for (const name of names) count(name, 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        for (const name of names) count(name, -1);
        const result = passingOutputs[state as keyof typeof passingOutputs];
        return { kind: 'advance', result } as const;
      },
    }),
  );
  return { roles, most };
}

/** Performs builds of two projects with two orchestrators over one store. */
async function performAll(concurrency: ConcurrencyLimits): Promise<Record<string, number>> {
  const store = await createMemoryStore();
  const { roles, most } = countingRoles();
  const batons = [1, 2].map(() => createOrchestrator({ store, concurrency, workPollMs: 20 }));
  for (let i = 0; i < 30; i++) {
    await batons[0]?.start(aBuild({ projectId: i % 3 === 0 ? 'small' : 'large' }));
  }
  for (const source of batons) {
    const runner = createRunner({ source, roles, concurrency: 8 });
    endWithTest(runner);
    void runner.run();
  }
  const completed = async () =>
    (await store.readStats('small')).completed + (await store.readStats('large')).completed;
  await expect.poll(completed, { timeout: 60_000 }).toBe(30);
  return most;
}

describe('a limit on what is performed at once', () => {
  it('is never passed, and all is performed', async () => {
    const most = await performAll({
      projects: { large: 3 },
      perProject: 2,
      roles: { code_writer: 1 },
    });
    expect(most).toMatchObject({ 'project:large': 3, 'project:small': 2, 'role:code_writer': 1 });
  });

  it('is not there unless it is set', async () => {
    expect((await performAll({}))['all']).toBeGreaterThan(8);
  });
});

it.each([
  [{ perProject: 0 }, 'concurrency.perProject'],
  [{ roles: { code_writer: 1.5 } }, 'concurrency.roles.code_writer'],
  [{ role: {} }, 'concurrency'],
])('refuses %o', async (concurrency, field) => {
  const store = await createMemoryStore();
  const create = () => createOrchestrator({ store, concurrency: concurrency as ConcurrencyLimits });
  expect(create).toThrowError(
    expect.objectContaining({
      code: 'invalid_input',
      violations: [expect.objectContaining({ field: expect.stringContaining(field) })],
    }),
  );
});
