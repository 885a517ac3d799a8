import type { DocumentStore } from '@baton/core';
import { expect, it } from 'vitest';
import type { Delivery, DeliveryResult } from './target.ts';
import { readTarget } from './target-records.ts';
import { build, scene, testTarget, turns } from './testing/scene.ts';

const DELIVERED: DeliveryResult = { kind: 'delivered' };
const failed = (reason = 'answered 500'): DeliveryResult => ({ kind: 'failed', reason });
const HOUR = 3_600_000;
const START = '1 workflow_started';

it('tells of events in order, with the state that the workflow was in after each', async () => {
  const { server } = await scene();
  const target = testTarget();
  const { baton } = await server([target]);
  const { workflowId } = await baton.start(build('a'));
  await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  await expect
    .poll(() => target.got)
    .toEqual([`a ${START}`, 'a 2 rollback_requested', 'a 3 workflow_recovered']);
  expect(target.deliveries.map(({ state }) => state)).toEqual(['discovery', 'error', 'discovery']);
  expect(new Set(target.deliveries.map(({ id }) => id)).size).toBe(3);
});

it('tells a build that was cancelled from one that has failed', async () => {
  const { server } = await scene();
  const target = testTarget();
  const { baton } = await server([target]);
  const [stopped, failed] = [await baton.start(build('a')), await baton.start(build('b'))];
  await baton.cancel({ workflowId: stopped.workflowId, reason: 'not wanted', by: 'ada' });
  await baton.advance({
    ...{ workflowId: failed.workflowId, role: 'q_assistant', completedState: 'discovery' },
    nextState: 'error',
  });
  await expect
    .poll(() => target.got.toSorted())
    .toEqual([`a ${START}`, 'a 2 workflow_cancelled', `b ${START}`, 'b 2 workflow_failed'].sort());
});

it('finds by its sweep what no hint told of, and begins with what happens from then on', async () => {
  const { server, other, pass } = await scene();
  const old = await other.start(build('old'));
  const ended = await other.start(build('untouched'));
  await pass(1);
  const target = testTarget();
  await server([target]);
  await pass(1);
  await other.rollback({
    ...{ workflowId: old.workflowId, targetState: 'discovery', reason: 'again', by: 'ada' },
  });
  await other.start(build('new'));
  await pass(30_000, 2);
  await expect
    .poll(() => [...target.got].sort())
    .toEqual([`new ${START}`, 'old 2 rollback_requested', 'old 3 workflow_recovered']);
  expect(ended.workflowId).toBeDefined();
});

it('looks at new workflows and at those under way, not at the past', async () => {
  const { server, store, documents, pass } = await scene();
  const target = testTarget();
  const { baton } = await server([target]);
  for (let n = 0; n < 3; n++) await baton.start(build(`b${n}`));
  await expect.poll(() => target.got.length).toBe(3);
  await pass(HOUR, 20);
  const seen: unknown[] = [];
  const list = store.listWorkflows;
  store.listWorkflows = async (query) => {
    const found = await list(query);
    seen.push(found.length);
    return found;
  };
  await pass(30_000, 2);
  expect(new Set(seen)).toEqual(new Set([0]));
  expect((await readTarget(documents, 'ops'))?.record.seenTo).toBeDefined();
});

it('closes the cursor of a workflow that is complete some time after all was delivered', async () => {
  const { server, documents, pass, complete } = await scene();
  const target = testTarget();
  const { baton } = await server([target]);
  const { workflowId } = await baton.start(build('a'));
  await expect.poll(() => target.got).toHaveLength(1);
  const cursors = () => documents.list({ collection: 'delivery-cursors', after: '', limit: 9 });
  expect(await cursors()).toHaveLength(1);
  await complete(workflowId);
  await pass(60_000, 4);
  await expect.poll(() => target.got).toEqual([`a ${START}`, 'a 2 state_advanced']);
  await pass(HOUR, 20);
  await expect.poll(cursors).toEqual([]);
  await pass(HOUR, 20);
  expect(target.got).toHaveLength(2);
});

it('tells of the end of a workflow that ended while it was being told of', async () => {
  const { server, store, pass, complete } = await scene();
  const target = testTarget('ops', { wants: (_event, finalState) => finalState !== undefined });
  const { baton } = await server([target]);
  const load = store.load;
  store.load = async (workflowId) => {
    const loaded = await load(workflowId);
    store.load = load;
    if (loaded?.snapshot.sequence === 1) await complete(workflowId);
    return loaded;
  };
  await baton.start(build('a'));
  await pass(60_000, 4);
  await expect.poll(() => target.got).toEqual(['a 2 state_advanced']);
});

it('tells a new target of nothing older, also when a hint comes before its first sweep', async () => {
  const { server, store, other, clock } = await scene();
  const { workflowId } = await other.start(build('old'));
  clock.advance(1);
  await store.takeLease({ name: 'deliver-events', holder: 'another server', forMs: 3_600_000 });
  const target = testTarget();
  const { baton } = await server([target]);
  await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  await expect
    .poll(() => target.got)
    .toEqual(['old 2 rollback_requested', 'old 3 workflow_recovered']);
});

it('leaves a workflow to the server that is at it, and goes on with what that did not know of', async () => {
  const { server, pass } = await scene();
  const [first, second] = [testTarget(), testTarget()];
  const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
  first.answer = () => promise;
  const [a, b] = [await server([first]), await server([second])];
  const { workflowId } = await a.baton.start(build('a'));
  await expect.poll(() => first.tries).toBe(1);
  await b.baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  await pass(2000, 4);
  expect(second.tries).toBe(0);
  resolve(DELIVERED);
  await turns();
  await pass(2000, 4);
  await expect
    .poll(() => [...first.got, ...second.got])
    .toEqual([`a ${START}`, 'a 2 rollback_requested', 'a 3 workflow_recovered']);
});

it('ends what is under way when it stops, and leaves it to another server', async () => {
  const { server, pass, documents } = await scene();
  const [first, second] = [testTarget(), testTarget()];
  first.answer = (_delivery, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(failed('it was ended')));
    });
  const { baton, deliveries } = await server([first]);
  await baton.start(build('a'));
  await expect.poll(() => first.tries).toBe(1);
  await deliveries.stop();
  const [stored] = await documents.list({ collection: 'delivery-cursors', after: '', limit: 1 });
  expect(stored?.value).toMatchObject({ tries: 0, heldUntil: 0 });
  await server([second]);
  await pass(60_000, 4);
  await expect.poll(() => second.got).toEqual([`a ${START}`]);
  expect(first.tries).toBe(1);
});

it('goes on at once with what was committed while it delivered', async () => {
  const { server } = await scene();
  const target = testTarget();
  const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
  target.answer = () => promise;
  const { baton } = await server([target]);
  const { workflowId } = await baton.start(build('a'));
  await expect.poll(() => target.tries).toBe(1);
  await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  resolve(DELIVERED);
  await expect.poll(() => target.got).toHaveLength(3);
});

it('delivers again, under the same id, what a crash left unsaid, and leaves nothing out', async () => {
  const { server, documents, pass, other } = await scene();
  const target = testTarget();
  let crashes = false;
  // It ends between the delivery and the cursor.
  const crashing: DocumentStore = {
    ...documents,
    async write(write) {
      if (crashes && write.collection === 'delivery-cursors') throw new Error('the process ended');
      return documents.write(write);
    },
  };
  const ids: string[] = [];
  target.answer = ({ id }: Delivery) => {
    ids.push(id);
    crashes = true;
    return DELIVERED;
  };
  const first = await server([target], crashing);
  const { workflowId } = await other.start(build('a'));
  await pass(30_000, 2);
  await expect.poll(() => ids).toHaveLength(1);
  await first.deliveries.stop();
  await other.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  const second = testTarget();
  await server([second]);
  // The first holds the cursor until then.
  await pass(120_000, 10);
  await expect
    .poll(() => second.got)
    .toEqual([`a ${START}`, 'a 2 rollback_requested', 'a 3 workflow_recovered']);
  expect(second.deliveries[0]?.id).toBe(ids[0]);
});

it('is told of each event by one of two servers, and by the other when one ends', async () => {
  const { server, pass, other } = await scene();
  const [first, second] = [testTarget(), testTarget()];
  const a = await server([first]);
  const b = await server([second]);
  for (let n = 0; n < 10; n++) await (n % 2 === 0 ? a : b).baton.start(build(`b${n}`));
  await pass(60_000, 8);
  await expect.poll(() => first.got.length + second.got.length).toBe(10);
  expect(new Set([...first.got, ...second.got]).size).toBe(10);
  await a.deliveries.stop();
  await other.start(build('late'));
  await pass(60_000, 4);
  await expect.poll(() => second.got).toContain(`late ${START}`);
  expect(first.got).not.toContain(`late ${START}`);
});

it('tells a target of the events and the projects that it wants, and of nothing else', async () => {
  const { server, pass } = await scene();
  const target = testTarget('ops', {
    covers: (projectId) => projectId === 'shop',
    wants: ({ type }) => type === 'workflow_recovered',
  });
  const { baton } = await server([target]);
  for (const project of ['shop', 'bank']) {
    const { workflowId } = await baton.start(build(project, project));
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  }
  await pass(60_000, 4);
  await expect.poll(() => target.got).toEqual(['shop 3 workflow_recovered']);
});

it('goes on when the store was away, and says so once', async () => {
  const { server, pass, documents, lines, other } = await scene();
  const target = testTarget();
  let isAway = false;
  await server([target], {
    ...documents,
    async list(query) {
      if (isAway) throw new Error('the store is away');
      return documents.list(query);
    },
  });
  isAway = true;
  await other.start(build('a'));
  await pass(60_000, 4);
  expect(lines.filter((line) => line.includes('the store is away'))).toHaveLength(1);
  isAway = false;
  await pass(30_000, 2);
  await expect.poll(() => target.got).toEqual([`a ${START}`]);
});

it('tells a target of events though what is remembered of another is lost', async () => {
  const { server, pass, documents, other, lines } = await scene();
  const [bad, fine] = [testTarget('bad'), testTarget('fine')];
  await server([bad, fine]);
  const collection = 'delivery-cursors';
  await documents.write({ collection, key: 'bad/wf_1', follows: 0, value: { sequence: 'none' } });
  await other.start(build('a'));
  await pass(60_000, 4);
  await expect.poll(() => fine.got).toEqual([`a ${START}`]);
  expect(lines.filter((line) => line.includes("delivery cursor 'bad/wf_1'"))).toHaveLength(1);
});
