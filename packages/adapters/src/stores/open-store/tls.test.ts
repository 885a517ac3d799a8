import { createOrchestrator } from '@baton/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../testing/free-port.ts';
import { WAIT_MS } from '../../testing/patience.ts';
import { type Certificates, makeCertificates } from '../testing/certificates.ts';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../testing/private-postgres.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { startSentinels } from '../testing/private-sentinels.ts';
import { type OpenedStore, openStore } from './open-store.ts';

let certificates: Certificates;
const opened: OpenedStore[] = [];

beforeAll(() => {
  certificates = makeCertificates();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(() => certificates.destroy());

async function open(url: string): Promise<OpenedStore> {
  const one = await openStore(url, { timeoutMs: 3000, warn() {} });
  opened.push(one);
  return one;
}

/** Workflows and hints get through. */
async function works(url: string, buildId: string): Promise<void> {
  const { store, dispatcher } = await open(url);
  const baton = createOrchestrator({ store });
  const request = { projectId: 'p', buildId, userId: 'u', requirements: {} };
  const { workflowId } = await baton.start(request);
  expect((await store.load(workflowId))?.snapshot.buildId).toBe(buildId);
  const heard: string[] = [];
  dispatcher?.subscribe((hint) => heard.push(hint.workflowId));
  await vi.waitFor(() => {
    dispatcher?.announce({ workflowId, role: 'q_assistant' });
    expect(heard).toContain(workflowId);
  }, WAIT_MS);
}

/** Fails with a permanent error that names the reason. */
async function fails(url: string, why: RegExp): Promise<void> {
  await expect(open(url)).rejects.toMatchObject({
    code: 'unavailable',
    retryable: false,
    message: expect.stringMatching(why),
  });
}

describe.skipIf(redisMissing())('Redis over TLS', () => {
  const servers: PrivateRedis[] = [];
  let port: number;

  async function start(settings: readonly string[] = []): Promise<[PrivateRedis, number]> {
    const tlsPort = await freePort();
    const { ca, cert, key } = certificates;
    const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key];
    const server = await startRedis(['--tls-port', String(tlsPort), ...files, ...settings]);
    servers.push(server);
    return [server, tlsPort];
  }

  beforeAll(async () => {
    [, port] = await start(['--tls-auth-clients', 'no']);
  });
  afterAll(() => Promise.all(servers.map((server) => server.destroy())));

  it('works with the authority that signed', async () => {
    await works(`rediss://127.0.0.1:${port}?ca=${certificates.ca}`, 'redis');
  });

  it('says that it does not trust a certificate', async () => {
    await fails(`rediss://127.0.0.1:${port}`, /could not connect: self-signed certificate/);
    const other = `rediss://127.0.0.1:${port}?ca=${certificates.otherCa}`;
    await fails(other, /could not connect: self-signed certificate in certificate chain/);
    const otherName = `rediss://localhost:${port}?ca=${certificates.ca}`;
    await fails(otherName, /Hostname.*does not match.*altnames/);
  });

  it('shows a certificate to a server that wants one', async () => {
    const [, strict] = await start();
    const { ca, cert, key } = certificates;
    await fails(`rediss://127.0.0.1:${strict}?ca=${ca}`, /could not connect: .*certificate/);
    await works(`rediss://127.0.0.1:${strict}?ca=${ca}&cert=${cert}&key=${key}`, 'redis-client');
  });

  it.each([
    ['/nowhere/ca.pem', /ca: found '\/nowhere\/ca.pem', expected a readable file/],
    [import.meta.filename, /ca: found '.*tls.test.ts', expected a PEM file/],
  ])('names %s that is no authority', async (ca, message) => {
    await expect(open(`rediss://127.0.0.1:${port}?ca=${ca}`)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    });
  });

  it('works with a cluster, and says that it does not trust it', async () => {
    const settings = [
      '--tls-auth-clients',
      'no',
      '--cluster-enabled',
      'yes',
      '--tls-cluster',
      'yes',
      '--cluster-announce-ip',
      '127.0.0.1',
    ];
    const [server, tlsPort] = await start(settings);
    await server.connect().call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    const url = `rediss+cluster://127.0.0.1:${tlsPort}`;
    await vi.waitFor(() => works(`${url}?ca=${certificates.ca}`, 'redis-cluster'), WAIT_MS);
    await fails(url, /could not connect: self-signed certificate/);
  });

  it('works with Sentinel', async () => {
    const { ca, cert, key } = certificates;
    const sentinels = await startSentinels({
      count: 1,
      masterPort: port,
      settings: (tlsPort) => [
        'port 0',
        `tls-port ${tlsPort}`,
        'tls-replication yes',
        'tls-auth-clients no',
        `tls-ca-cert-file ${ca}`,
        `tls-cert-file ${cert}`,
        `tls-key-file ${key}`,
      ],
      client: { tls: { rejectUnauthorized: false } },
    });
    try {
      await sentinels.knowReplicas(0);
      const url = `rediss+sentinel://127.0.0.1:${sentinels.ports[0]}/main`;
      await works(`${url}?ca=${ca}`, 'redis-sentinel');
      await fails(url, /could not connect: .*self-signed certificate/);
    } finally {
      await sentinels.destroy();
    }
  });
});

describe.skipIf(postgresMissing())('PostgreSQL over TLS', () => {
  let server: PrivatePostgres;
  const url = (query: string) => `${server.url}?sslmode=verify-full${query}`;

  beforeAll(async () => {
    server = await startPrivatePostgres([], undefined, certificates);
  });
  afterAll(() => server.destroy());

  it('works with the authority that signed', async () => {
    await works(url(`&sslrootcert=${certificates.ca}`), 'postgres');
    const found = await server.query(
      "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'baton'",
    );
    expect(found).toEqual([{ ssl: true }]);
  });

  it('says that it does not trust a certificate', async () => {
    await fails(url(''), /unable to verify the first certificate/);
    await fails(
      url(`&sslrootcert=${certificates.otherCa}`),
      /unable to verify the first certificate/,
    );
    const otherName = url(`&sslrootcert=${certificates.ca}`).replace('127.0.0.1', 'localhost');
    await fails(otherName, /Hostname.*does not match.*altnames/);
  });

  it('names a file that is not there', async () => {
    await expect(open(url('&sslrootcert=/nowhere/ca.pem'))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/\/nowhere\/ca.pem.*sslrootcert/),
    });
  });
});
