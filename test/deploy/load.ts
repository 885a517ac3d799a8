// Callers that go on while servers are restarted, and what has failed for them.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BatonClient } from '@baton/client';
import { until } from '../../packages/adapters/src/testing/until.ts';
import type { GrpcClient } from '../interop/grpc-client.ts';
import { toStruct } from '../interop/struct.ts';

const run = promisify(execFile);

/** Carries a build one phase on; each call is counted. */
export interface Caller {
  readonly name: string;
  start(buildId: string): Promise<string>;
  advance(workflowId: string): Promise<unknown>;
  status(workflowId: string): Promise<string>;
}

export interface Load {
  /** Resolves when each caller has made so many calls more. */
  more(calls: number): Promise<void>;
  /** Resolves with what the callers have seen. */
  stop(): Promise<{
    readonly calls: Readonly<Record<string, number>>;
    readonly failures: readonly string[];
  }>;
}

const PROJECT = 'docs';

/** Between builds of a caller, failed ones too: it leaves the machine's cores to the servers and to other tests. */
const PAUSE_MS = 100;
const FOUND = { summary: 'A page', requirements: ['It says how to begin'] };

export function startLoad(callers: readonly Caller[]): Load {
  const calls: Record<string, number> = {};
  const failures: string[] = [];
  let stopping = false;
  const loop = async (caller: Caller) => {
    const { name } = caller;
    calls[name] = 0;
    const made = async <T>(what: string, call: Promise<T>): Promise<T | undefined> => {
      try {
        return await call;
      } catch (reason) {
        failures.push(`${new Date().toISOString()} ${name}: ${what}: ${String(reason)}`);
        return undefined;
      } finally {
        calls[name] = (calls[name] ?? 0) + 1;
      }
    };
    for (let build = 1; !stopping; build++, await sleep(PAUSE_MS)) {
      const workflowId = await made('start', caller.start(`${name}-${build}`));
      if (workflowId === undefined) continue;
      await made('advance', caller.advance(workflowId));
      const state = await made('status', caller.status(workflowId));
      if (state !== undefined && state !== 'planning') {
        failures.push(`${name}: ${workflowId} is in '${state}' after it was advanced to planning`);
      }
    }
  };
  const loops = callers.map(loop);
  return {
    async more(count) {
      const goals = callers.map(({ name }) => [name, (calls[name] ?? 0) + count] as const);
      await until(() => goals.every(([name, goal]) => (calls[name] ?? 0) >= goal));
    },
    async stop() {
      stopping = true;
      await Promise.all(loops);
      return { calls, failures };
    },
  };
}

export function typedCaller(name: string, client: BatonClient): Caller {
  return {
    name,
    async start(buildId) {
      const requirements = { request: 'Write a page' };
      const build = { projectId: PROJECT, buildId, userId: 'ada', requirements };
      return (await client.start(build)).workflowId;
    },
    advance: (workflowId) =>
      client.advance({
        ...{ workflowId, role: 'q_assistant', completedState: 'discovery', result: FOUND },
      }),
    status: async (workflowId) => (await client.status({ workflowId })).state,
  };
}

/** By grpc-js, which repeats nothing that has reached a server. */
export function grpcCaller(name: string, client: GrpcClient): Caller {
  const role = 'q_assistant';
  return {
    name,
    async start(buildId) {
      const requirements = toStruct({ request: 'Write a page' });
      const build = { projectId: PROJECT, buildId, userId: 'ada', requirements };
      return (await client.call('startWorkflow', build)).workflowId;
    },
    advance: (workflowId) =>
      client.call('advanceWorkflow', {
        ...{ workflowId, role, completedState: 'discovery', result: toStruct(FOUND) },
      }),
    status: async (workflowId) =>
      (await client.call('getWorkflowStatus', { workflowId })).status.state,
  };
}

/** Each call by a curl of its own, which repeats nothing. */
export function curlCaller(
  name: string,
  url: string,
  { ca, key, options }: { readonly ca: string; readonly key: string; readonly options: string[] },
): Caller {
  const call = async (path: string, body?: object) => {
    const { stdout } = await run('curl', [
      ...['--silent', '--show-error', '--fail-with-body', '--cacert', ca, ...options],
      ...['--header', `Authorization: Bearer ${key}`, `${url}/api/workflows/${path}`],
      ...(body === undefined ? [] : ['--header', 'Content-Type: application/json']),
      ...(body === undefined ? [] : ['--data', JSON.stringify(body)]),
    ]).catch((reason) => {
      throw new Error(`${reason.stderr} ${reason.stdout}`);
    });
    return JSON.parse(stdout);
  };
  return {
    name,
    async start(buildId) {
      const requirements = { request: 'Write a page' };
      const reply = await call(`${PROJECT}/start`, { buildId, userId: 'ada', requirements });
      return reply.workflowId;
    },
    advance: (workflowId) =>
      call(`${workflowId}/advance`, {
        ...{ role: 'q_assistant', completedState: 'discovery', result: FOUND },
      }),
    status: async (workflowId) => (await call(`${workflowId}/status`)).status.state,
  };
}
