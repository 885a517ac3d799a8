import {
  BatonError,
  createMemoryStore,
  createOrchestrator,
  createRunner,
  type RoleAdapter,
} from '@baton/core';
import { expect, it, onTestFinished } from 'vitest';
import { createRoleDesk } from './role-desk.ts';

const PRINCIPAL = { models: [], modelFamilies: [] };
const WANTED = {
  roles: ['q_assistant'],
  workflowId: undefined,
  worker: 'ide',
  principal: PRINCIPAL,
};
const DISCOVERY = { summary: 'A dark mode', requirements: ['A switch changes the colours'] };
const HANDED_OVER = { kind: 'handed_over', reasons: [] };

/** A build whose first role clients perform. */
async function createBuild(wrap = (adapter: RoleAdapter) => adapter) {
  const operations = createOrchestrator({ store: await createMemoryStore() });
  const desk = createRoleDesk(operations);
  const role = wrap(desk.adapterOf('q_assistant', { models: [], modelFamilies: ['claude'] }));
  const runner = createRunner({ source: operations, roles: [role], leaseMs: 2000 });
  const running = runner.run();
  onTestFinished(async () => {
    await desk.close();
    await runner.stop();
    await running;
  });
  const { workflowId } = await operations.start({
    ...{ projectId: 'p', buildId: 'b', userId: 'ada', requirements: { request: 'Build' } },
  });
  const status = () => operations.status({ workflowId });
  async function take() {
    await expect.poll(async () => (await status()).claim).toBeDefined();
    const taken = await desk.take(WANTED);
    if (taken === undefined) throw new Error('there is no work');
    return taken;
  }
  return { operations, desk, workflowId, status, take, runner };
}

it('gives a client what a runner has claimed, and hands over what it submits', async () => {
  const { desk, status, take } = await createBuild();
  await expect(desk.take({ ...WANTED, roles: ['code_writer'] })).rejects.toMatchObject({
    code: 'wrong_state',
    message: expect.stringContaining('call start_build with the role in actAs'),
    legal: ['q_assistant'],
  });
  const { workId, assignment } = await take();
  expect(assignment).toMatchObject({ state: 'discovery', role: 'q_assistant' });
  expect(await desk.take(WANTED)).toBeUndefined();
  expect((await desk.read(workId)).assignment).toEqual(assignment);
  const wrong = await desk.submit(workId, { kind: 'advance', result: { summary: 's' } });
  expect(wrong).toMatchObject({
    kind: 'refused',
    reasons: [expect.stringContaining('requirements')],
  });
  expect(await desk.submit(workId, { kind: 'advance', result: DISCOVERY })).toEqual(HANDED_OVER);
  expect((await status()).state).toBe('planning');
  await expect(desk.submit(workId, { kind: 'advance', result: DISCOVERY })).rejects.toMatchObject({
    code: 'stale_claim',
  });
});

it('gives no work to a client of other models than it was claimed for', async () => {
  const { desk, take } = await createBuild();
  const { workId } = await take();
  await desk.giveBack(workId);
  const as = (family: string) => ({
    ...WANTED,
    principal: { models: [], modelFamilies: [family] },
  });
  await expect(desk.take(as('gpt'))).rejects.toMatchObject({
    code: 'not_owner',
    message: expect.stringContaining("found 'gpt', and the role was claimed for claude"),
  });
  expect(await desk.take(as('claude'))).toMatchObject({ assignment: { role: 'q_assistant' } });
});

it('asks the same client again when the role refuses its outcome', async () => {
  let refusals = 0;
  const { desk, take } = await createBuild((adapter) => ({
    ...adapter,
    async perform(assignment, context) {
      const feedback = {
        ...{
          reason: 'name the colours',
          details: undefined,
          fromState: 'discovery',
          fromRole: 'q_assistant',
          at: 0,
        },
      } as const;
      await adapter.perform(assignment, context);
      refusals++;
      return adapter.perform({ ...assignment, feedback }, context);
    },
  }));
  const { workId } = await take();
  const outcome = { kind: 'advance', result: DISCOVERY } as const;
  expect(await desk.submit(workId, outcome)).toEqual({
    kind: 'refused',
    reasons: ['name the colours'],
  });
  expect(await desk.submit(workId, outcome)).toEqual(HANDED_OVER);
  expect(refusals).toBe(1);
});

it('says that an attempt has ended whose outcome was not accepted', async () => {
  const { desk, take } = await createBuild((adapter) => ({
    ...adapter,
    async perform(assignment, context) {
      await adapter.perform(assignment, context);
      throw new BatonError('unavailable', 'the checks cannot run', { retryable: true });
    },
  }));
  const { workId } = await take();
  await expect(desk.submit(workId, { kind: 'advance', result: DISCOVERY })).rejects.toThrow(
    "the attempt at 'discovery' ended and its outcome was not accepted",
  );
});

it('takes nothing of an attempt that was withdrawn', async () => {
  const { desk, take, operations, workflowId } = await createBuild();
  const { workId } = await take();
  await operations.rollback({ workflowId, targetState: 'discovery', reason: 'Start over' });
  await expect.poll(() => desk.read(workId).catch(({ code }) => code)).toBe('stale_claim');
});

it('gives to the next client what one has given back', async () => {
  const { desk, take } = await createBuild();
  const { workId } = await take();
  await desk.giveBack(workId);
  await expect(desk.read(workId)).rejects.toMatchObject({ code: 'stale_claim' });
  const again = await take();
  expect(await desk.submit(again.workId, { kind: 'advance', result: DISCOVERY })).toEqual(
    HANDED_OVER,
  );
});

it('gives work back when the clients are gone', async () => {
  const { desk, take, status } = await createBuild();
  await take();
  await desk.close();
  await expect.poll(async () => (await status()).claim).toBeUndefined();
  expect(await status()).toMatchObject({ state: 'discovery', failure: undefined });
});
