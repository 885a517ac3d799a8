import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '@baton/adapters/open-store';
import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../../adapters/src/stores/testing/private-postgres.ts';
import { redisMissing, startRedis } from '../../../adapters/src/stores/testing/private-redis.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { ConfigError } from '../config.ts';
import { deliveryStatus } from '../delivery/inspect.ts';
import { build, scene, turns } from '../delivery/testing/scene.ts';
import { serve } from '../serve.ts';
import { startReceiver } from './testing/receiver.ts';
import { secretKey } from './webhook-secret.ts';
import { createWebhookTarget } from './webhook-target.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A file of policies with these webhooks, and what a server of them runs on. */
function environment(webhooks: readonly object[], more: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const path = join(folder, 'policies.json');
  writeFileSync(path, JSON.stringify({ webhooks }));
  return {
    ...{ WORKFLOW_POLICIES: path, DATABASE_URL: `sqlite:${join(folder, 'baton.sqlite')}` },
    ...{ BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0', LOG_LEVEL: 'silent', HOOK: SECRET },
    ...more,
  };
}

async function running(settings: Record<string, string>) {
  const server = await serve(settings);
  onTestFinished(() => server.stop());
  return server;
}

interface Body {
  readonly type: string;
  readonly data: { readonly buildId: string; readonly sequence: number };
}

/** Two servers on one store go on with the workflows of each other; their receiver hears of all of it. */
async function tellsOfAll(more: Record<string, string> = {}) {
  const receiver = await startReceiver();
  const endpoint = { name: 'ops', url: receiver.url, secretEnv: 'HOOK', allowPrivate: true };
  const settings = environment([endpoint], more);
  const servers = [await running(settings), await running(settings)] as const;
  expect(servers[0].summary).toContain('webhooks (ops)');
  for (let n = 0; n < 20; n++) {
    const [one, other] = n % 2 === 0 ? servers : [servers[1], servers[0]];
    const { workflowId } = await one.orchestrator.start(build(`b${n}`));
    const back = { targetState: 'discovery', reason: 'again', by: 'ada' };
    await other.orchestrator.rollback({ workflowId, ...back });
  }
  const ids = () => new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
  await expect.poll(() => ids().size).toBe(60);
  const sequences = new Map<string, number[]>();
  for (const { body, headers } of receiver.received) {
    const { data } = new Webhook(SECRET).verify(body, headers) as Body;
    sequences.set(data.buildId, [...(sequences.get(data.buildId) ?? []), data.sequence]);
  }
  // An event may come twice, but not after the next.
  for (const [, all] of sequences) expect(all).toEqual([...all].sort((a, b) => a - b));
  const { documents, close } = await openStore(settings.DATABASE_URL);
  onTestFinished(close);
  expect(await deliveryStatus(documents)).toMatchObject([
    { name: 'ops', failing: 0, deadLetters: 0, disabled: undefined },
  ]);
}

it('tells a receiver of every event, in order a workflow, for two servers on one file', () =>
  tellsOfAll());

it.skipIf(postgresMissing())('does so on PostgreSQL, by its clock', async () => {
  const postgres = await startPrivatePostgres();
  onTestFinished(() => postgres.destroy());
  await tellsOfAll({ DATABASE_URL: postgres.url });
});

it.skipIf(redisMissing())('does so on Redis, by its clock', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.destroy());
  await tellsOfAll({ DATABASE_URL: redis.url });
});

it.each([
  [{ HOOK: '' }, 'webhooks[0].secretEnv: HOOK: found nothing, expected'],
  [{ HOOK: 'swordfish' }, 'webhooks[0].secretEnv: HOOK: found something else, expected'],
])('does not start without a secret: %o', async (more, words) => {
  const receiver = { name: 'ops', url: 'https://hooks.example/', secretEnv: 'HOOK' };
  const reason = await serve(environment([receiver], more)).catch((error) => error);
  expect(reason).toBeInstanceOf(ConfigError);
  expect(reason.message).toContain(words);
  expect(reason.message).not.toContain('swordfish');
});

it('gets every event once it is back, in order a workflow, after it was down for an hour', async () => {
  const { server, pass } = await scene();
  const receiver = await startReceiver();
  let isDown = true;
  receiver.answer = (response) => void response.writeHead(isDown ? 503 : 204).end();
  const endpoint = { name: 'ops', url: receiver.url, allowPrivate: true };
  const target = createWebhookTarget(
    { ...endpoint, keys: [secretKey(SECRET) as Buffer] },
    { redact: (text) => text },
  );
  const { baton } = await server([target]);
  const settled = async () => {
    for (let before = -1; before !== receiver.received.length; ) {
      before = receiver.received.length;
      await new Promise((resolve) => setTimeout(resolve, 20));
      await turns();
    }
  };
  for (let minute = 0; minute < 60; minute++) {
    const { workflowId } = await baton.start(build(`b${minute}`));
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
    await pass(60_000, 2);
  }
  await settled();
  expect(receiver.received.length).toBeGreaterThan(0);
  isDown = false;
  receiver.received.length = 0;
  for (let minute = 0; minute < 120 && receiver.received.length < 180; minute++) {
    await pass(60_000, 2);
    await settled();
  }
  const got = receiver.received.map(({ body }) => (JSON.parse(body) as Body).data);
  expect(got).toHaveLength(180);
  for (let minute = 0; minute < 60; minute++) {
    const own = got.filter(({ buildId }) => buildId === `b${minute}`);
    expect(own.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  }
});
