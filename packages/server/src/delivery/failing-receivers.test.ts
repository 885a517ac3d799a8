import { expect, it } from 'vitest';
import { listDeadLetters, replayDeadLetters } from './dead-letters.ts';
import { RETRY_SCHEDULE } from './retry-schedule.ts';
import type { DeliveryResult } from './target.ts';
import { changeTarget, readTarget } from './target-records.ts';
import { build, scene, testTarget } from './testing/scene.ts';

const DELIVERED: DeliveryResult = { kind: 'delivered' };
const failed = (reason = 'answered 500'): DeliveryResult => ({ kind: 'failed', reason });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = '1 workflow_started';

it('tries again after a failure, in order a workflow, and holds up neither other workflows nor other targets', async () => {
  const { server, pass } = await scene();
  const [target, fine] = [testTarget('bad'), testTarget('fine')];
  target.answer = ({ workflow, event }) =>
    workflow.buildId === 'stuck' && event.sequence === 1 ? failed() : DELIVERED;
  const { baton } = await server([target, fine]);
  const { workflowId } = await baton.start(build('stuck'));
  await expect.poll(() => target.tries).toBe(1);
  await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  // The pause of the target is over, the wait of the event is not.
  await pass(1500, 3);
  expect(target.tries).toBe(1);
  await baton.start(build('other'));
  await pass(120_000, 60);
  await expect.poll(() => target.got).toEqual([`other ${START}`]);
  await expect.poll(() => fine.got).toHaveLength(4);
  target.answer = () => DELIVERED;
  await pass(HOUR, 60);
  await expect
    .poll(() => target.got)
    .toEqual([
      `other ${START}`,
      `stuck ${START}`,
      'stuck 2 rollback_requested',
      'stuck 3 workflow_recovered',
    ]);
});

it('gives an event up after its last try, goes on with the next, and replays it on demand', async () => {
  const { server, pass, documents, store, lines } = await scene();
  const target = testTarget();
  target.answer = ({ event }) =>
    event.sequence === 2 ? failed('answered 500: sk-broken') : DELIVERED;
  const { baton } = await server([target]);
  const { workflowId } = await baton.start(build('a'));
  await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
  await pass(6 * DAY, 6 * 24 * 2);
  await expect.poll(() => target.got).toEqual([`a ${START}`, 'a 3 workflow_recovered']);
  expect(target.tries).toBe(2 + RETRY_SCHEDULE.tries);
  const [letter] = await listDeadLetters(documents, 'ops');
  expect(letter).toMatchObject({
    ...{ workflowId, sequence: 2, type: 'rollback_requested', state: 'error' },
    ...{ tries: RETRY_SCHEDULE.tries, reason: 'answered 500: sk-broken' },
  });
  expect(lines.join('\n')).toContain('dead letters');
  target.answer = () => DELIVERED;
  expect(await replayDeadLetters({ store, documents }, 'ops', { workflowId: 'wf_other' })).toBe(0);
  expect(await replayDeadLetters({ store, documents }, 'ops', { workflowId, sequence: 3 })).toBe(0);
  const unknown = replayDeadLetters({ store, documents }, 'other');
  await expect(unknown).rejects.toThrow("tells 'other' of events; expected one of ops");
  expect(await replayDeadLetters({ store, documents }, 'ops', { workflowId, sequence: 2 })).toBe(1);
  await pass(60_000, 4);
  await expect.poll(() => target.got.at(-1)).toBe('a 2 rollback_requested');
  expect(target.deliveries.at(-1)?.state).toBe('error');
  expect(await listDeadLetters(documents, 'ops')).toEqual([]);
  await pass(HOUR, 10);
  expect(target.got).toHaveLength(3);
});

it('has what no try will ever deliver among the dead letters at once', async () => {
  const { server, documents } = await scene();
  const target = testTarget();
  target.answer = () => ({ kind: 'refused', reason: 'no such mailbox' });
  const { baton } = await server([target]);
  await baton.start(build('a'));
  await expect.poll(() => listDeadLetters(documents, 'ops')).toHaveLength(1);
  expect(target.tries).toBe(1);
});

it('sends nothing more to a receiver that is gone, until it is enabled again', async () => {
  const { server, pass, documents, lines } = await scene();
  const target = testTarget();
  target.answer = () => ({ kind: 'gone', reason: 'answered 410' });
  const { baton } = await server([target]);
  await baton.start(build('a'));
  await expect
    .poll(async () => (await readTarget(documents, 'ops'))?.record.disabled)
    .toMatchObject({ reason: 'answered 410' });
  await baton.start(build('b'));
  await pass(HOUR, 20);
  expect(target.tries).toBe(1);
  expect(lines.join('\n')).toContain('wants no more');
  target.answer = () => DELIVERED;
  await changeTarget(documents, 'ops', (record) => ({ ...record, disabled: undefined }));
  await pass(60_000, 4);
  await expect.poll(() => [...target.got].sort()).toEqual([`a ${START}`, `b ${START}`]);
});

it('waits as long as the receiver asks for, an hour at most', async () => {
  const { server, pass } = await scene();
  const target = testTarget();
  target.answer = () => ({ kind: 'failed', reason: 'answered 503', retryAfterMs: 10 * DAY });
  const { baton } = await server([target]);
  await baton.start(build('a'));
  await expect.poll(() => target.tries).toBe(1);
  await pass(HOUR - 60_000, 20);
  expect(target.tries).toBe(1);
  await pass(120_000, 8);
  await expect.poll(() => target.tries).toBe(2);
});
