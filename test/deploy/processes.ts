// Servers and workers as the units of systemd run them.
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { type Started, start } from '../cli/harness.ts';
import { argumentsOf, type Place, variablesIn } from './guide.ts';

export interface ServerPorts {
  readonly grpc: number;
  readonly http: number;
}

export async function startServer(place: Place, { grpc, http }: ServerPorts): Promise<Started> {
  const env = {
    ...variablesIn(place.file('server.env')),
    BATON_GRPC_PORT: String(grpc),
    BATON_HTTP_PORT: String(http),
  };
  const args = argumentsOf(place.file('systemd/baton-server.service'));
  const server = start(args, { cwd: place.folder, env });
  await until(async () => hasEnded(server) || (await healthOf(place, http)) === 200);
  if (hasEnded(server)) throw new Error((await server.ended).stderr);
  return server;
}

export async function startWorker(
  place: Place,
  name: string,
  { token, options }: { readonly token: string; readonly options: readonly string[] },
): Promise<Started> {
  // Its state is in the folder that the commands of these tests look into.
  const { BATON_HOME: _, ...settings } = variablesIn(place.file('worker.env'));
  const env = { ...settings, BATON_TOKEN: token };
  const unit = place.file('systemd/baton-worker.service');
  const args = argumentsOf(
    unit.replace('%H', name).replace('--health-port 9090', '--health-port 0'),
  );
  const worker = start([...args, ...options], { cwd: place.folder, env });
  let told = '';
  worker.process.stdout?.on('data', (chunk) => {
    told += chunk;
  });
  await until(() => hasEnded(worker) || told.includes('"kind":"started"'));
  if (hasEnded(worker)) throw new Error((await worker.ended).stderr);
  return worker;
}

function hasEnded({ process }: Started): boolean {
  return process.exitCode !== null;
}

/** What a server says of itself, by the certificate that it has for the balancer; undefined where there is none. */
function healthOf(place: Place, port: number): Promise<number | undefined> {
  const authority = join(place.folder, 'ca.pem');
  if (!existsSync(authority)) throw new Error('there is no certificate yet');
  const ca = readFileSync(authority);
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/readyz', ca, servername: 'baton.internal', agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}
