import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBatonClient } from '@baton/client';
import type { Interceptor } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node';
import { credentials, Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../packages/adapters/src/testing/free-port.ts';
import { createProject, type Started, TIMEOUT } from '../cli/harness.ts';
import { connect } from '../interop/grpc-client.ts';
import { DATABASES, type Database, databaseCertificate } from './databases.ts';
import { type Change, createPlace, type Place } from './guide.ts';
import { haproxyMissing, startHaproxy } from './haproxy.ts';
import { curlCaller, grpcCaller, startLoad, typedCaller } from './load.ts';
import { nginxMissing, startNginx } from './nginx.ts';
import { type ServerPorts, startServer, startWorker } from './processes.ts';

/** The guide, up to where calls come in: certificates, database, servers, keys, balancer. */
async function followGuide(database: Database, of: BalancerName) {
  const port = await freePort();
  const [one, two] = [await freePorts(), await freePorts()];
  let changes: readonly Change[] = [];
  const place = createPlace(() => [
    // Certificates for addresses, as no name server knows the names.
    ['DNS:baton.example', 'IP:127.0.0.1'],
    ['https://baton.example', `https://127.0.0.1:${port}`],
    ...changes,
    [/^ {4}(?:user|group) .*\n/gm, ''],
    ['bind :443', `bind 127.0.0.1:${port}`],
    ['listen 443', `listen 127.0.0.1:${port}`],
    ...placed('10.0.0.11', one),
    ...placed('10.0.0.12', two),
  ]);
  await place.step('certificates');
  await place.step("balancer's certificate");
  changes = await database.start(databaseCertificate(place.folder));
  if (database.step !== undefined) await place.step(database.step);
  const servers = { one, two };
  const running: Record<string, Started> = {
    one: await startServer(place, one),
    two: await startServer(place, two),
  };
  const [key = '', runnerKey = ''] = (await place.step('keys')).trim().split('\n');
  const balancer = await BALANCERS[of].start(place, port);
  return { place, balancer, servers, running, key, runnerKey, address: `127.0.0.1:${port}` };
}

async function freePorts(): Promise<ServerPorts> {
  return { grpc: await freePort(), http: await freePort() };
}

/** A server of the configuration, on this machine. */
function placed(address: string, { grpc, http }: ServerPorts) {
  return [
    [`${address}:7480 port 7481`, `127.0.0.1:${grpc} port ${http}`],
    [`${address}:7481 port 7481`, `127.0.0.1:${http} port ${http}`],
    [`${address}:7480`, `127.0.0.1:${grpc}`],
    [`${address}:7481`, `127.0.0.1:${http}`],
  ] as const;
}

const BALANCERS = {
  HAProxy: {
    isMissing: haproxyMissing,
    start: ({ folder, file }: Place) => startHaproxy(folder, file('haproxy/haproxy.cfg')),
  },
  nginx: {
    isMissing: nginxMissing,
    start: ({ folder, file }: Place, port: number) =>
      startNginx(folder, port, file('nginx/baton.conf')),
  },
};
type BalancerName = keyof typeof BALANCERS;

const WAYS = (
  [
    ['HAProxy', 'PostgreSQL'],
    ['HAProxy', 'Redis'],
    ['nginx', 'PostgreSQL'],
  ] as const
).filter(
  ([balancer, database]) => !BALANCERS[balancer].isMissing() && !DATABASES[database].isMissing(),
);

describe('the guide to production', TIMEOUT, () => {
  // Most of the time goes by in waiting.
  it.concurrent.for(WAYS)(
    'restarts one server after the other under load behind %s on %s, and no call fails',
    async ([behind, on], { onTestFinished }) => {
      const { place, balancer, servers, running, key, runnerKey, address } = await followGuide(
        DATABASES[on],
        behind,
      );
      const url = `https://${address}`;
      const caFile = join(place.folder, 'ca.pem');
      const ca = readFileSync(caFile);

      const shown = JSON.parse(await place.step('try', { KEY: key }));
      expect(shown).toMatchObject({ stats: { projectId: 'shop' } });

      const project = createProject();
      const worker = { token: runnerKey, options: project.options };
      for (const host of ['first', 'second']) await startWorker(place, host, worker);

      // Each attempt of the typed client, beside what it makes of them.
      const attempts = { made: 0, failed: [] as string[] };
      const counted: Interceptor = (next) => async (request) => {
        request.header.set('authorization', `Bearer ${key}`);
        attempts.made++;
        try {
          return await next(request);
        } catch (reason) {
          attempts.failed.push(String(reason));
          throw reason;
        }
      };
      const transport = { baseUrl: url, interceptors: [counted], nodeOptions: { ca } };
      const typed = {
        connect: createBatonClient({
          transport: createConnectTransport({ ...transport, httpVersion: '2' }),
        }),
        oldConnect: createBatonClient({
          transport: createConnectTransport({ ...transport, httpVersion: '1.1' }),
        }),
        grpc: createBatonClient({ transport: createGrpcTransport(transport) }),
      };
      const withKey = credentials.createFromMetadataGenerator((_, give) => {
        const metadata = new Metadata();
        metadata.set('authorization', `Bearer ${key}`);
        give(null, metadata);
      });
      const channel = credentials.combineChannelCredentials(credentials.createSsl(ca), withKey);
      const curl = { ca: caFile, key };
      const load = startLoad([
        typedCaller('typed over Connect', typed.connect),
        typedCaller('typed over HTTP/1.1', typed.oldConnect),
        typedCaller('typed over gRPC', typed.grpc),
        grpcCaller('grpc-js', connect(address, channel, {}, onTestFinished)),
        curlCaller('curl', url, { ...curl, options: ['--http1.1'] }),
        curlCaller('curl over HTTP/2', url, { ...curl, options: ['--http2'] }),
      ]);

      const builds: { readonly workflowId: string; readonly watched: Promise<number[]>[] }[] = [];
      const begin = async () => {
        const requirements = { request: 'Build me a greeting' };
        const build = { projectId: 'shop', buildId: `b${builds.length}`, userId: 'ada' };
        const { workflowId } = await typed.connect.start({ ...build, requirements });
        const watched = [typed.connect, typed.grpc].map(async (client) => {
          const seen: number[] = [];
          for await (const { sequence } of client.watch({ workflowId })) seen.push(sequence);
          return seen;
        });
        builds.push({ workflowId, watched });
      };
      for (const server of ['one', 'two'] as const) {
        await begin();
        await load.more(6);
        const stopped = running[server] as Started;
        stopped.process.kill('SIGTERM');
        expect((await stopped.ended).code).toBe(0);
        await begin();
        await load.more(6);
        running[server] = await startServer(place, servers[server]);
        await balancer.isUp();
        await load.more(6);
      }
      const { calls, failures } = await load.stop();

      console.log(
        [
          `behind ${behind} on ${on}: calls: ${JSON.stringify(calls)}, failed: ${failures.length}`,
          `typed client: ${attempts.made} attempts, ${attempts.failed.length} repeated`,
          ...(await balancer.told()),
        ].join('\n'),
      );
      expect(failures).toEqual([]);
      for (const { workflowId, watched } of builds) {
        const [seen = [], others] = await Promise.all(watched);
        expect(seen).toEqual(seen.map((_, at) => at + 1));
        expect(others).toEqual(seen);
        expect(await typed.connect.status({ workflowId })).toMatchObject({ state: 'complete' });
      }
      expect(project.lines('deployed.log')).toHaveLength(builds.length);
    },
  );
});
