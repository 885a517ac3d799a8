import type { WorkHint } from '@baton/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { type ScriptedSentinel, startScriptedSentinel } from '../testing/scripted-sentinel.ts';
import { createRedisDispatcher } from './redis-dispatcher.ts';
import { createRedisStore } from './redis-store.ts';

describe.skipIf(redisMissing())(
  'a failover that is announced while a client asks for the master',
  () => {
    let master: PrivateRedis;
    let sentinel: ScriptedSentinel;
    const ends: (() => Promise<unknown>)[] = [];

    beforeEach(async () => {
      master = await startRedis();
      sentinel = await startScriptedSentinel(master.port);
    });
    afterEach(async () => {
      for (const end of ends.splice(0)) await end();
      await sentinel.close();
      await master.destroy();
    });

    const connection = () => `redis+sentinel://127.0.0.1:${sentinel.port}/main`;

    /** The connections break, and the failover is announced while they reconnect. */
    async function failOver(): Promise<void> {
      const asked = sentinel.hold();
      await master.kill();
      await master.restart();
      await asked;
      sentinel.announceFailover();
      await new Promise((resolve) => setTimeout(resolve, 50));
      sentinel.answer();
    }

    it('does not end the store', async () => {
      const store = await createRedisStore({ connection: connection(), shards: 1, warn() {} });
      ends.push(() => store.close());
      expect(await store.load('wf_x')).toBeUndefined();
      await failOver();
      await expect.poll(() => store.load('wf_x').catch((error) => error)).toBeUndefined();
    });

    it('does not end a dispatcher', async () => {
      const heard: WorkHint[] = [];
      const dispatcher = await createRedisDispatcher({ connection: connection() });
      ends.push(() => dispatcher.close());
      dispatcher.subscribe((hint) => void heard.push(hint));
      const tell = (workflowId: string) =>
        expect
          .poll(() => {
            dispatcher.announce({ workflowId, role: 'r' });
            return heard.some((hint) => hint.workflowId === workflowId);
          })
          .toBe(true);
      await tell('before');
      await failOver();
      await tell('after');
    });
  },
);
