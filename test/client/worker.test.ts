import { createBatonClient } from '@baton/client';
import { createWorker, type WorkerOptions } from '@baton/client/worker';
import {
  createMemoryStore,
  createOrchestrator,
  type Orchestrator,
  type Outcome,
  type RoleAdapter,
} from '@baton/core';
import { createScriptedRole, passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aBuild, startServer } from '../interop/start-server.ts';

const ROLES = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
];

const passing = (state: string): Outcome => ({
  kind: 'advance',
  result: { ...passingOutputs[state as 'discovery'] },
});
const rolesNamed = (...names: readonly string[]) =>
  names.map((role) => createScriptedRole(role, ({ state }) => passing(state)));

function start(options: WorkerOptions) {
  const worker = createWorker({ backoff: { initialMs: 5, maxMs: 20 }, ...options });
  onTestFinished(() => worker.stop());
  worker.start();
  return worker;
}

/** A role that works until it is let go, or its signal aborts. */
function aHangingRole(role = 'q_assistant') {
  const open = Promise.withResolvers<void>();
  const ended: string[] = [];
  const begun: string[] = [];
  const adapter: RoleAdapter = {
    role,
    async perform({ state, workflowId }, { signal }) {
      begun.push(workflowId);
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      try {
        await Promise.race([open.promise, aborted]);
        return passing(state);
      } finally {
        ended.push(signal.aborted ? 'aborted' : 'done');
      }
    },
  };
  return { adapter, begun, ended, letGo: () => open.resolve() };
}

const begin = async (baton: Orchestrator, buildId = 'b1') =>
  (await baton.start({ ...aBuild, buildId })).workflowId;
const stateOf = async (baton: Orchestrator, workflowId: string) =>
  (await baton.status({ workflowId })).state;
const embedded = async () => createOrchestrator({ store: await createMemoryStore() });

async function codesOf(baton: Orchestrator, workflowId: string) {
  const codes: unknown[] = [];
  for await (const { type, data } of baton.watch({ workflowId, follow: false })) {
    if (type === 'attempt_failed' || type === 'attempt_lost') codes.push(data['code'] ?? type);
  }
  return codes;
}

describe.each(['connect', 'grpc-web', 'grpc'] as const)('workers over %s', (protocol) => {
  it('perform a whole build together, each its roles, under their names', async () => {
    const server = await startServer();
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const at = { baseUrl: `http://127.0.0.1:${port}`, protocol };
    start({ ...at, name: 'one', roles: rolesNamed('q_assistant', 'test_auditor') });
    start({
      ...at,
      name: 'two',
      roles: rolesNamed(...ROLES.filter((_, i) => i % 2 === 1 || i > 2)),
    });
    const { orchestrator } = server;
    const workflowId = await begin(orchestrator);
    await expect.poll(() => stateOf(orchestrator, workflowId)).toBe('complete');
    const claims = new Map<string, string>();
    for await (const { type, data, triggeredBy } of orchestrator.watch({ workflowId })) {
      if (type === 'assignment_claimed') claims.set(String(data['state']), triggeredBy);
    }
    expect(Object.fromEntries(claims)).toEqual({
      ...{ discovery: 'one', planning: 'one', testing: 'one' },
      ...{ implementation: 'two', verification: 'two', deployment: 'two' },
    });
  });

  it('say once that the server is away, and once that it is back, and go on', async () => {
    const orchestrator = await embedded();
    const server = await startServer({ orchestrator });
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const told: string[] = [];
    start({
      ...{ baseUrl: `http://127.0.0.1:${port}`, protocol },
      roles: rolesNamed(...ROLES),
      concurrency: { q_assistant: 2 },
      onError: ({ code }) => told.push(code),
      onReconnect: () => told.push('back'),
    });
    const before = await begin(orchestrator, 'before');
    await expect.poll(() => stateOf(orchestrator, before)).toBe('complete');
    await server.stop();
    await expect.poll(() => told).toEqual(['unavailable']);
    const again = protocol === 'grpc' ? { grpcPort: port } : { httpPort: port };
    await startServer({ orchestrator, ...again });
    // Though there is no work yet.
    await expect.poll(() => told).toEqual(['unavailable', 'back']);
    const after = await begin(orchestrator, 'after');
    await expect.poll(() => stateOf(orchestrator, after)).toBe('complete');
    expect(told).toEqual(['unavailable', 'back']);
  });
});

describe('a worker that drains', () => {
  it('finishes what it holds, takes no more, and has stopped then', async () => {
    const client = await embedded();
    const role = aHangingRole();
    const worker = start({ client, roles: [role.adapter] });
    expect(worker.state).toBe('running');
    const workflowId = await begin(client);
    await expect.poll(() => role.begun).toEqual([workflowId]);
    const drained = worker.drain(600_000);
    expect(worker.state).toBe('draining');
    const later = await begin(client, 'b2');
    role.letGo();
    await drained;
    expect(worker.state).toBe('stopped');
    expect(role.ended).toEqual(['done']);
    // What comes next is for another worker.
    expect(await client.status({ workflowId })).toMatchObject({ state: 'planning' });
    expect((await client.status({ workflowId: later })).claim).toBeUndefined();
  });

  it('gives back what is left after its grace, so that another worker takes it at once', async () => {
    const client = await embedded();
    const role = aHangingRole();
    const worker = start({ client, roles: [role.adapter], leaseMs: 86_400_000 });
    const workflowId = await begin(client);
    await expect.poll(() => role.begun).toHaveLength(1);
    await worker.drain(1);
    expect(role.ended).toEqual(['aborted']);
    expect(await client.status({ workflowId })).toMatchObject({ attempt: 0, claim: undefined });
    expect(await codesOf(client, workflowId)).toEqual(['cancelled']);
    start({ client, roles: rolesNamed(...ROLES) });
    await expect.poll(() => stateOf(client, workflowId)).toBe('complete');
  });

  it('stops though the server is away, and its work is for others once the lease has run out', async () => {
    const orchestrator = await embedded();
    const server = await startServer({ orchestrator });
    const role = aHangingRole();
    const worker = start({
      ...{ baseUrl: server.httpUrl, roles: [role.adapter], leaseMs: 1000 },
      onError: () => undefined,
    });
    const workflowId = await begin(orchestrator);
    await expect.poll(() => role.begun).toHaveLength(1);
    await server.stop();
    await worker.drain(1);
    expect(worker.state).toBe('stopped');
    expect(role.ended).toEqual(['aborted']);
    start({ client: orchestrator, roles: rolesNamed(...ROLES) });
    await expect.poll(() => stateOf(orchestrator, workflowId)).toBe('complete');
  });

  it('gives back at once what it holds when it is told to stop meanwhile', async () => {
    const client = await embedded();
    const role = aHangingRole();
    const worker = start({ client, roles: [role.adapter] });
    const workflowId = await begin(client);
    await expect.poll(() => role.begun).toHaveLength(1);
    const drained = worker.drain(600_000);
    await worker.stop();
    await drained;
    expect(worker.state).toBe('stopped');
    expect((await client.status({ workflowId })).claim).toBeUndefined();
  });
});

describe('a worker', () => {
  it('performs no more of a role at once than it may, whatever the others may', async () => {
    const client = await embedded();
    const most = new Map<string, number>();
    const now = new Map<string, number>();
    const counted = (role: string): RoleAdapter => ({
      role,
      async perform({ state }) {
        const active = (now.get(role) ?? 0) + 1;
        now.set(role, active);
        most.set(role, Math.max(active, most.get(role) ?? 0));
        await new Promise((resolve) => setTimeout(resolve, 5));
        now.set(role, (now.get(role) ?? 0) - 1);
        return passing(state);
      },
    });
    start({
      client,
      roles: ROLES.map(counted),
      concurrency: { q_assistant: 3, code_writer: 1, test_auditor: 2 },
    });
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => begin(client, `b${i}`)));
    for (const id of ids) await expect.poll(() => stateOf(client, id)).toBe('complete');
    expect(most.get('code_writer')).toBe(1);
    expect(most.get('q_assistant')).toBeLessThanOrEqual(3);
    expect(most.get('test_auditor')).toBeLessThanOrEqual(2);
  });

  it('ends what was taken away from it', async () => {
    const server = await startServer();
    const role = aHangingRole();
    const client = createBatonClient({ baseUrl: server.httpUrl });
    onTestFinished(() => client.close());
    start({ client, roles: [role.adapter] });
    const workflowId = await begin(server.orchestrator);
    await expect.poll(() => role.begun).toHaveLength(1);
    await server.orchestrator.rollback({ workflowId, targetState: 'discovery', reason: 'x' });
    await expect.poll(() => role.ended).toContain('aborted');
  });

  it('tells what went wrong as a warning, where it was given no other listener', async () => {
    const client = await embedded();
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const takeWork = (): never => {
      throw new Error('no way in');
    };
    start({ client: { ...client, takeWork }, roles: rolesNamed('q_assistant') });
    await expect.poll(() => warnings).toContain('a worker is in trouble: no way in');
  });

  it('runs once', async () => {
    const client = await embedded();
    const worker = start({ client, roles: rolesNamed('q_assistant') });
    expect(() => worker.start()).toThrow(/was started or stopped before: make another/);
    const other = createWorker({ client, roles: [] });
    await other.stop();
    expect(() => other.start()).toThrow(/was started or stopped before: make another/);
    expect(other.state).toBe('stopped');
  });

  it.each<[string, Partial<WorkerOptions>, RegExp]>([
    ['no place', {}, /client: found none; expected one of baseUrl, transport and client/],
    ['two places', { baseUrl: 'http://x', client: {} as never }, /found baseUrl and client/],
    [
      'a limit of a role that it does not perform',
      { baseUrl: 'http://x', concurrency: { writer: 1 } },
      /concurrency: found 'writer'; expected one of q_assistant, code_writer/,
    ],
    [
      'a limit out of its range',
      { baseUrl: 'http://x', concurrency: { code_writer: 0 } },
      /concurrency/,
    ],
    ['an address that is none', { baseUrl: 'x' }, /baseUrl: expected a URL with http or https/],
  ])('is refused with %s', (_, options, words) => {
    expect(() => createWorker({ roles: rolesNamed(...ROLES), ...options })).toThrow(words);
  });

  it('is refused with two adapters of one role, also with limits', () => {
    const roles = rolesNamed('code_writer', 'code_writer');
    const at = { baseUrl: 'http://x', roles };
    expect(() => createWorker(at)).toThrow(/two adapters perform role 'code_writer'/);
    expect(() => createWorker({ ...at, concurrency: { code_writer: 1 } })).toThrow(
      /two adapters perform role 'code_writer'/,
    );
  });
});
