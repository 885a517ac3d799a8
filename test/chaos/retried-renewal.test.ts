import { createRedisStore } from '@baton/adapters/redis';
import { afterEach, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../packages/adapters/src/stores/testing/cutting-proxy.ts';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import type { Action, Call, Outcome } from './call.ts';
import type { Seat } from './client.ts';
import { STARTED_AT, seatsOver, startWorkflow } from './fleet.ts';
import { checkCalls } from './history.ts';
import { perform } from './perform.ts';

const LEASE_MS = 60_000;
const claim: Action = { kind: 'claim', token: 't', leaseMs: LEASE_MS };
const renew: Action = { kind: 'renew', token: 't', leaseMs: LEASE_MS };
const status: Action = { kind: 'status' };
const rollback: Action = { kind: 'rollback', requestId: 'r', targetState: 'discovery' };

describe('a renewal that is sent again, because its reply was lost', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it.skipIf(redisMissing())(
    'extends the claim, and reports it lost when another caller ended it before the second try',
    async () => {
      const redis = await startRedis();
      ends.push(() => redis.destroy());
      const proxy = await startCuttingProxy(redis.port);
      ends.push(() => proxy.destroy());
      const stores = await Promise.all(
        [redis.url, proxy.url].map((connection) =>
          createRedisStore({ connection, shards: 4, warn() {} }),
        ),
      );
      ends.push(...stores.map((store) => () => store.close()));
      const [near, ahead] = seatsOver(stores) as [Seat, Seat];
      const workflowId = await startWorkflow(near.baton, 'b', async () => {});

      let time = 0;
      const calls: Call[] = [];
      async function ask({ baton, now }: Seat, action: Action): Promise<Outcome> {
        const calledAt = time++;
        const outcome = await perform(baton, workflowId, action);
        calls.push({ client: 'c', workflowId, action, now, calledAt, answeredAt: time++, outcome });
        return outcome;
      }
      await ask(near, claim);
      await ask(ahead, status);
      // Loads the script, so that the cut answer is not the error for an unknown script.
      await ask(near, renew);
      const cut = proxy.cutAnswerTo('evalsha', 0);
      const renewing = ask(ahead, renew);
      await cut;
      const extended = { token: 't', expiresAt: ahead.now + LEASE_MS };
      expect(await ask(near, status)).toMatchObject({ answer: extended });
      await ask(near, rollback);
      proxy.accept();
      expect(await renewing).toEqual({ kind: 'ok', answer: { held: false } });
      expect(await ask(near, { ...claim, token: 'next' })).toMatchObject({ kind: 'ok' });
      expect(checkCalls(calls, STARTED_AT)).toEqual({ kind: 'linearizable' });
    },
  );
});

describe('a renewal that is told that its claim is lost', () => {
  const ahead = STARTED_AT + 3_600_000;
  const ok = (answer: Record<string, string | number | boolean>): Outcome => ({
    kind: 'ok',
    answer,
  });
  const call = (action: Action, outcome: Outcome, calledAt: number, answeredAt: number): Call => {
    const now = action.kind === 'renew' ? ahead : STARTED_AT;
    return { client: 'c', workflowId: 'w', action, now, calledAt, answeredAt, outcome };
  };
  const expiresAt = STARTED_AT + LEASE_MS;
  const claimed = call(claim, ok({ token: 't', expiresAt }), 0, 1);
  const seen = (at: number): Call => {
    const found = { revision: 2, epoch: 1, state: 'discovery', retries: 0, token: 't' };
    return call(status, ok({ ...found, expiresAt: ahead + LEASE_MS }), at, at + 1);
  };
  const refused = (answeredAt: number): Call => call(renew, ok({ held: false }), 3, answeredAt);
  const back = (at: number): Call =>
    call(rollback, ok({ revision: 3, epoch: 2, state: 'discovery' }), at, at + 1);

  it.each([
    [
      'has extended it, and another caller has ended it since',
      [refused(9), seen(4), back(6)],
      true,
    ],
    ['has not extended it before it was asked for', [seen(1), refused(9), back(5)], false],
    ['does not extend it after its answer', [refused(4), seen(5), back(7)], false],
    ['has not found it held by its token all the time', [refused(4), back(5)], false],
  ])('%s', (_, calls, isExplained) => {
    const kind = isExplained ? 'linearizable' : 'impossible';
    expect(checkCalls([claimed, ...calls], STARTED_AT).kind).toBe(kind);
  });
});
