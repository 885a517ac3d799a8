// Workers and servers as processes of their own, and the builds that they are given.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createBatonClient } from '@baton/client';
import { expect } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { type Project, type Started, start } from './harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests name what they expect
type Document = any;

export interface Telling extends Started {
  /** What it has told so far, a document a line. */
  readonly told: readonly Document[];
  /** The first document of a kind, once it is there. */
  tells(kind: string): Promise<Document>;
  signal(name: NodeJS.Signals): void;
}

/** A process that prints documents. It is killed with the tests of the file. */
function telling(started: Started): Telling {
  const told: Document[] = [];
  createInterface(started.process.stdout as Readable).on('line', (line) =>
    told.push(JSON.parse(line)),
  );
  return {
    ...started,
    told,
    async tells(kind) {
      await until(() => told.some((one) => one.kind === kind), {
        failure: `it did not tell '${kind}': ${JSON.stringify(told)}`,
      });
      return told.find((one) => one.kind === kind);
    },
    signal: (name) => void started.process.kill(name),
  };
}

/** A worker that takes work, on a project's repository and configuration. */
export async function startWorker(
  server: string,
  { options }: Pick<Project, 'options'>,
  more: readonly string[] = [],
): Promise<Telling> {
  const worker = telling(start(['worker', '--server', server, ...options, '--json', ...more]));
  await worker.tells('started');
  return worker;
}

/** A server that performs its builds as well. */
export async function serveWithWorker(
  { options }: Pick<Project, 'options'>,
  more: readonly string[] = [],
): Promise<Telling & { readonly address: string }> {
  const at = ['--port', '0', '--grpc-port', '0', '--database', 'memory:'];
  const args = ['serve', ...at, '--with-worker', ...options, '--json', ...more];
  const process = telling(start(args, { env: { LOG_LEVEL: 'error' } }));
  const { server } = await process.tells('started');
  return { ...process, address: server as string };
}

export function clientOf(baseUrl: string, token?: string) {
  return createBatonClient({ baseUrl, token });
}

export type Client = ReturnType<typeof clientOf>;

export async function begin(client: Client, buildId = 'b1'): Promise<string> {
  const requirements = { request: 'Build me a greeting' };
  const build = { projectId: 'greeter', buildId, userId: 'ada', requirements };
  return (await client.start(build)).workflowId;
}

/** Resolves once the workflow is in `state`; what fails it is said at once. */
export async function reaches(client: Client, workflowId: string, state: string): Promise<void> {
  let failed = '';
  await until(async () => {
    const { state: found, failure } = await client.status({ workflowId });
    failed = found === state ? '' : (failure?.message ?? '');
    return found === state || failed !== '';
  });
  expect(failed).toBe('');
}

export async function eventsOf(client: Client, workflowId: string) {
  const events = [];
  for await (const event of client.watch({ workflowId, follow: false })) events.push(event);
  return events;
}

/** What a health route answers; undefined where none does. */
export async function healthOf(port: number, path = '/health/ready') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  return response && { code: response.status, ...((await response.json()) as object) };
}
