import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createRedactor } from '@baton/adapters/secrets';
import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import { makeCertificates } from '../../../adapters/src/stores/testing/certificates.ts';
import { eventId } from '../delivery/event-id.ts';
import type { Delivery } from '../delivery/target.ts';
import { retryAfterMs } from './post.ts';
import { startReceiver } from './testing/receiver.ts';
import { MAX_BODY_BYTES } from './webhook-body.ts';
import { secretKey } from './webhook-secret.ts';
import {
  createWebhookTarget,
  type WebhookEndpoint,
  type WebhookOptions,
} from './webhook-target.ts';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`;
const NEW_SECRET = `whsec_${Buffer.from('another one, since the first was seen').toString('base64')}`;
const keysOf = (...secrets: string[]) => secrets.flatMap((one) => secretKey(one) ?? []);
const never = new AbortController().signal;

function delivery(data: Record<string, string> = { to: 'discovery' }): Delivery {
  const workflowId = 'wf_1';
  return {
    id: eventId(workflowId, 3),
    workflow: {
      ...{ id: workflowId, projectId: 'shop', buildId: 'b1', userId: 'ada' },
      definition: { name: 'build', version: 1 },
    },
    event: {
      ...{ workflowId, sequence: 3, type: 'workflow_recovered', triggeredBy: 'ada', data },
      ...{ at: Date.UTC(2026, 0, 1), revision: 2, epoch: 2 },
    },
    state: 'discovery',
  };
}

function send(
  endpoint: Partial<WebhookEndpoint> & { readonly url: string },
  options: Partial<WebhookOptions> = {},
  what = delivery(),
) {
  const keys = keysOf(SECRET);
  const whole = { name: 'ops', keys, allowPrivate: true };
  const target = createWebhookTarget(
    { ...whole, ...endpoint },
    { redact: createRedactor(), ...options },
  );
  return target.deliver(what, never);
}

it("sends what the library of Standard Webhooks verifies, and the wire's JSON in it", async () => {
  const receiver = await startReceiver();
  expect(await send(receiver)).toEqual({ kind: 'delivered' });
  const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = receiver.received;
  expect(path).toBe('/hook?a=1');
  expect(new Webhook(SECRET).verify(body, headers)).toEqual({
    type: 'workflow.workflow_recovered',
    timestamp: '2026-01-01T00:00:00.000Z',
    data: {
      ...{ workflowId: 'wf_1', projectId: 'shop', buildId: 'b1', userId: 'ada' },
      ...{ definition: { name: 'build', version: 1 }, sequence: 3, state: 'discovery' },
      event: {
        ...{ workflowId: 'wf_1', sequence: 3, type: 'workflow_recovered', triggeredBy: 'ada' },
        ...{ data: { to: 'discovery' }, timestamp: '2026-01-01T00:00:00Z', revision: 2, epoch: 2 },
      },
    },
  });
  expect(headers['webhook-id']).toMatch(/^evt_[\w-]{22}$/);
  expect(headers['content-type']).toBe('application/json');
  expect(() => new Webhook(NEW_SECRET).verify(body, headers)).toThrow('No matching signature');
  expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow('No matching signature');
});

it('signs with the old secret and the new one while they are rotated', async () => {
  const receiver = await startReceiver();
  await send({ ...receiver, keys: keysOf(NEW_SECRET, SECRET) });
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
  for (const secret of [SECRET, NEW_SECRET]) {
    expect(new Webhook(secret).verify(body, headers)).toBeDefined();
  }
});

it('sends the same body and id at every try', async () => {
  const receiver = await startReceiver();
  await send(receiver);
  await send(receiver);
  const [first, second] = receiver.received;
  expect(second?.body).toBe(first?.body);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
});

it('leaves out the particulars of an event that is too large, and says so', async () => {
  const receiver = await startReceiver();
  await send(receiver, {}, delivery({ to: 'discovery', text: 'ü'.repeat(MAX_BODY_BYTES / 2) }));
  const body = JSON.parse(receiver.received[0]?.body ?? '');
  expect(body.data).toMatchObject({ truncated: true, state: 'discovery', event: { data: {} } });
});

it.each([
  [500, {}, { kind: 'failed', reason: 'answered 500: no luck' }],
  [404, {}, { kind: 'failed', reason: 'answered 404: no luck' }],
  [429, { 'retry-after': '7' }, { kind: 'failed', retryAfterMs: 7000 }],
  [410, {}, { kind: 'gone', reason: 'answered 410: no luck' }],
  [200, {}, { kind: 'delivered' }],
])('takes the answer %i', async (status, headers, result) => {
  const receiver = await startReceiver();
  receiver.answer = (response) => void response.writeHead(status, headers).end('no\n luck');
  expect(await send(receiver)).toMatchObject(result);
});

it('follows no redirect', async () => {
  const [receiver, elsewhere] = [await startReceiver(), await startReceiver()];
  receiver.answer = (response) => void response.writeHead(302, { location: elsewhere.url }).end();
  expect(await send(receiver)).toMatchObject({
    kind: 'failed',
    reason: 'answered 302, and redirects are not followed',
  });
  expect(elsewhere.received).toEqual([]);
});

it('reads no further than the beginning of an answer, and masks what it keeps', async () => {
  const receiver = await startReceiver();
  let written = 0;
  receiver.answer = (response) => {
    response.writeHead(500);
    response.write('key sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz ');
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
      response.once('drain', more);
    };
    more();
  };
  const result = await send(receiver);
  expect(result.kind).toBe('failed');
  expect(JSON.stringify(result)).not.toContain('0123456789abcdef');
  expect(JSON.stringify(result).length).toBeLessThan(400);
  expect(written).toBeLessThan(64 * 1024 * 1024);
});

it.each([
  ['its own address', 'http://127.0.0.1:1/'],
  ['loopback in another spelling', 'http://0x7f.1:1/'],
  ['loopback of IPv6', 'http://[::1]:1/'],
  ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:1/'],
  ['a private network', 'https://10.1.2.3/'],
  ['a private network of IPv6', 'https://[fd00::1]/'],
  ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data'],
])('refuses to connect to %s', async (_what, url) => {
  const result = await send({ url, allowPrivate: false });
  expect(result).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^it leads to /) });
});

it('refuses a name that leads to a private address, also when it did not a moment before', async () => {
  const receiver = await startReceiver();
  const answers = [['127.0.0.1'], ['203.0.113.1']];
  const url = `http://rebinding.test:${receiver.port}/`;
  const resolve = async () => answers.shift() ?? [];
  expect(await send({ url, allowPrivate: false }, { resolve })).toMatchObject({
    kind: 'failed',
    reason: 'it leads to 127.0.0.1',
  });
  expect(receiver.received).toEqual([]);
  expect(answers).toHaveLength(1);
  expect(await send({ url }, { resolve: async () => ['127.0.0.1'] })).toEqual({
    kind: 'delivered',
  });
  expect(receiver.received[0]?.headers['host']).toBe(`rebinding.test:${receiver.port}`);
});

it('says that there was no answer in time, and that there was none at all', async () => {
  const open = new Set<Socket>();
  const silent = createServer((socket) => void open.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as { port: number };
  const result = await send({ url: `http://127.0.0.1:${port}/` }, { timeoutMs: 50 });
  expect(result).toEqual({ kind: 'failed', reason: 'no answer within 0.05 s' });
  expect(await send({ url: 'http://127.0.0.1:1/' })).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

it('takes an answer that is no HTTP any more for none', async () => {
  const receiver = await startReceiver();
  receiver.answer = ({ socket }) =>
    void socket?.end(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    );
  expect(await send(receiver)).toMatchObject({
    kind: 'failed',
    reason: 'answered 101',
  });
});

it('checks the certificate of the receiver', async () => {
  const made = makeCertificates();
  onTestFinished(() => made.destroy());
  const pem = (path: string) => readFileSync(path, 'utf8');
  const receiver = await startReceiver({ cert: pem(made.cert), key: pem(made.key) });
  const { url } = receiver;
  expect(await send({ url }, { ca: pem(made.ca) })).toEqual({ kind: 'delivered' });
  expect(await send({ url }, { ca: pem(made.otherCa) })).toMatchObject({ kind: 'failed' });
  const elsewhere = url.replace('127.0.0.1', 'other.test');
  const options = { ca: pem(made.ca), resolve: async () => ['127.0.0.1'] };
  expect(await send({ url: elsewhere }, options)).toMatchObject({ kind: 'failed' });
  expect(receiver.received).toHaveLength(1);
});

it.each([
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Thu, 01 Jan 2020 00:01:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('reads the header Retry-After: %s', (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 0, 1))).toBe(ms);
});

it.each([
  ['whsec_', false],
  ['whsec_c2hvcnQ=', false],
  [`whsec_${Buffer.alloc(65).toString('base64')}`, false],
  [Buffer.alloc(24).toString('base64'), false],
  ['whsec_not base64, but long enough to be a key', false],
  [`whsec_${Buffer.alloc(24).toString('base64')}`, true],
])('takes %s for a secret: %s', (secret, isOne) => {
  expect(secretKey(secret) !== undefined).toBe(isOne);
});
