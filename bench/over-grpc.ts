import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorkflowService } from '@baton/proto';
import { create, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { Served } from './grpc-server.ts';
import { createLoadMeter, type Load } from './load-meter.ts';
import { PATH } from './path.ts';
import { type Candidate, type Sample, timedJobs } from './sample.ts';

const SERVER = fileURLToPath(new URL('grpc-server.ts', import.meta.url));
const { startWorkflow, advanceWorkflow } = WorkflowService.method;
/** Starts that are under way at once: they are not measured. */
const STARTERS = 16;

/** A server process: the file that it runs, and what that is told. */
export interface ServerProcess {
  readonly file: string;
  readonly args: readonly string[];
}

export interface GrpcCandidate extends Candidate {
  /** Of the last run: processor time of the server process, in milliseconds. Linux tells it; NaN elsewhere. */
  cpuMs(): number;
  /** Of the last run: the server process, and this one, which makes the load. */
  loads(): { readonly server: Load; readonly client: Load };
}

/**
 * Advances over gRPC against server processes of their own.
 *
 * @param kinds what each serves, by its name: `echo` or the URL of a store, and `keys` if it asks for API keys, `metrics`
 * or `traces` if it tells of itself; or a server of its own.
 */
export async function grpcCandidates(
  kinds: Readonly<Record<string, string | ServerProcess>>,
  atOnce: number,
  builds: number,
): Promise<{ readonly candidates: readonly GrpcCandidate[]; stop(): void }> {
  const servers: ChildProcess[] = [];
  const candidates: GrpcCandidate[] = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const { file, args } =
      typeof kind === 'string' ? { file: SERVER, args: kind.split(' ') } : kind;
    const server = spawn(
      process.execPath,
      ['--conditions=baton-source', '--no-warnings', file, ...args],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    servers.push(server);
    const { port, tokens } = await heard<Served>(server);
    const token = tokens?.at(-1);
    const client = {
      channel: new Client(`127.0.0.1:${port}`, credentials.createInsecure()),
      token,
    };
    const meter = createLoadMeter();
    let loads: ReturnType<GrpcCandidate['loads']> | undefined;
    let cpu = Number.NaN;
    candidates.push({
      name: grpcName(name, atOnce),
      async run() {
        const ids = await start(client, kind === 'echo', builds);
        await ask(server, 'mark');
        meter.mark();
        const before = cpuMsOf(server);
        const sample = await advance(client, ids, atOnce);
        loads = { client: meter.read(), server: await ask<Load>(server, 'read') };
        cpu = cpuMsOf(server) - before;
        return sample;
      },
      cpuMs: () => cpu,
      loads() {
        if (loads === undefined) throw new Error(`${name} has not been run`);
        return loads;
      },
    });
  }
  return {
    candidates,
    stop() {
      for (const server of servers) server.kill();
    },
  };
}

/** In ticks of a hundredth of a second, behind the name of the program, which may have anything in it. */
function cpuMsOf({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

export const grpcName = (name: string, atOnce: number): string => `gRPC ${name}, ${atOnce} at once`;

function ask<T>(server: ChildProcess, what: 'mark' | 'read'): Promise<T> {
  const answer = heard<T>(server);
  server.send(what);
  return answer;
}

/** @throws when the process ends instead of saying something. */
async function heard<T>(server: ChildProcess): Promise<T> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(server, 'exit', { signal }).then(([code]) => {
    throw new Error(`the server process ended with ${code}`);
  });
  try {
    const [message] = await Promise.race([once(server, 'message', { signal }), ended]);
    return message as T;
  } finally {
    waiting.abort();
    ended.catch(() => {});
  }
}

function advance(client: Caller, ids: readonly string[], atOnce: number): Promise<Sample> {
  const jobs = ids.map((workflowId) =>
    PATH.map(({ completedState, role, result }) => ({
      operations: 1,
      run() {
        const request = { workflowId, role, completedState, ...(result && { result }) };
        return call(client, advanceWorkflow, create(advanceWorkflow.input, request as object));
      },
    })),
  );
  return timedJobs(jobs, atOnce);
}

let started = 0;

async function start(client: Caller, echo: boolean, builds: number): Promise<readonly string[]> {
  if (echo) return Array.from({ length: builds }, (_, i) => `wf_${i}`);
  const ids: string[] = [];
  await Promise.all(
    Array.from({ length: STARTERS }, async (_, lane) => {
      for (let i = lane; i < builds; i += STARTERS) {
        const request = create(startWorkflow.input, {
          projectId: 'bench',
          buildId: `build-${started++}`,
          userId: 'bench',
          requirements: { request: 'Build me a dark mode feature' },
        });
        const reply = await call(client, startWorkflow, request);
        ids.push((reply as unknown as { workflowId: string }).workflowId);
      }
    }),
  );
  return ids;
}

interface Caller {
  readonly channel: Client;
  /** What shows who calls. */
  readonly token: string | undefined;
}

function call({ channel, token }: Caller, method: DescMethod, request: Message) {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return new Promise<Message>((resolve, reject) => {
    channel.makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: Message) => Buffer.from(toBinary(method.input, message)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      request,
      metadata,
      (error: unknown, reply?: Message) => (reply === undefined ? reject(error) : resolve(reply)),
    );
  });
}
