import { Agent, get as getHttp } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { get as getHttps, Agent as TlsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { field, grpcMessage } from './frames.ts';
import { type Moment, momentAt, servedInMs, watchMoments } from './waiting.ts';

export interface Ports {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly isTls: boolean;
}

export interface Measured {
  readonly calls: number;
  /** What each call that was not answered well came to. */
  readonly failures: readonly string[];
  /** What the server made callers wait. */
  readonly p99Ms: number;
  /** What they waited by the clock, the time included in which other processes had the processors. */
  readonly clockP99Ms: number;
}

export interface GoodClient {
  /** What it waited for since it started, or since this was asked last. */
  take(): Promise<Measured>;
  stop(): void;
}

const CALLERS = 10;
/** Between two calls of a caller on one port. */
const EVERY_MS = 100;
/** A call that takes longer counts as that long, and as a failure. */
const TOO_LONG_MS = 10_000;
/** The same where times are not looked at, on a machine that may be busy with anything. */
const NEVER_MS = 120_000;

/**
 * Ten callers that ask little, each with a connection to each port, until they are told to stop; how long
 * they wait for answers.
 *
 * They ask ten times a second, whether they have been answered or not. A caller that waited for each answer
 * would ask least where the server stands still, and see little of it. Without `withTimes` they wait all the same: on
 * a busy machine what is asked would grow faster than it can be answered.
 */
export function startGoodClient(
  ports: Ports & { readonly pid: number },
  workflowId: string,
  { withTimes }: { readonly withTimes: boolean },
): GoodClient {
  const tooLongMs = withTimes ? TOO_LONG_MS : NEVER_MS;
  let times: { readonly servedMs: number; readonly clockMs: number }[] = [];
  let failures: string[] = [];
  const moments = watchMoments(ports.pid);
  const callers = Array.from({ length: CALLERS }, () => openCaller(ports, workflowId));
  const calls = new Set<Promise<void>>();
  const measure = async (due: Moment, call: Call) => {
    const gaveUp = new AbortController();
    const waiting = { ref: false, signal: gaveUp.signal };
    const tooLong = sleep(tooLongMs, `no answer within ${tooLongMs} ms`, waiting);
    const failure = await Promise.race([call(), tooLong]).catch(String);
    gaveUp.abort();
    tooLong.catch(() => {});
    const answered = moments.now();
    times.push({ servedMs: servedInMs(due, answered), clockMs: answered.atMs - due.atMs });
    if (failure !== undefined) failures.push(failure);
  };
  const ask = (due: Moment, call: Call) => {
    const measured = measure(due, call).finally(() => calls.delete(measured));
    calls.add(measured);
  };
  let asked = 0;
  let before = moments.now();
  let dueMs = before.atMs;
  const timer = setInterval(() => {
    const after = moments.now();
    // Calls that are due while this process did something else are late, too.
    for (; dueMs <= after.atMs; dueMs += EVERY_MS / CALLERS) {
      const due = momentAt(dueMs, before, after);
      if (!withTimes && calls.size >= 2 * CALLERS) continue;
      const caller = callers[asked++ % CALLERS] as Caller;
      ask(due, caller.overGrpc);
      ask(due, caller.overHttp);
    }
    before = after;
  }, EVERY_MS / CALLERS);
  return {
    async take() {
      await Promise.all(calls);
      const taken = {
        ...{ calls: times.length, failures },
        p99Ms: p99(times.map(({ servedMs }) => servedMs)),
        clockP99Ms: p99(times.map(({ clockMs }) => clockMs)),
      };
      times = [];
      failures = [];
      return taken;
    },
    stop() {
      clearInterval(timer);
      Promise.all(calls).finally(moments.close);
      for (const caller of callers) caller.close();
    },
  };
}

function p99(times: number[]): number {
  return times.sort((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;
}

/** Resolves to nothing once it was answered well, otherwise to what it came to. */
type Call = () => Promise<string | undefined>;

interface Caller {
  readonly overGrpc: Call;
  readonly overHttp: Call;
  close(): void;
}

function openCaller({ grpcPort, httpPort, isTls }: Ports, workflowId: string): Caller {
  const scheme = isTls ? 'https' : 'http';
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = isTls
    ? new TlsAgent({ ...options, rejectUnauthorized: false })
    : new Agent(options);
  const session = connect(`${scheme}://127.0.0.1:${grpcPort}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  const status = `${scheme}://127.0.0.1:${httpPort}/api/workflows/${workflowId}/status`;
  return {
    overGrpc: () => overGrpc(session, workflowId),
    overHttp: () => overHttp(status, agent),
    close() {
      session.destroy();
      agent.destroy();
    },
  };
}

function overGrpc(session: ClientHttp2Session, workflowId: string): ReturnType<Call> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/baton.v1.WorkflowService/GetWorkflowStatus',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.once('error', reject);
    stream.once('trailers', ({ 'grpc-status': code }) =>
      resolve(code === '0' ? undefined : `gRPC status ${code}`),
    );
    stream.once('close', () => resolve('the stream was closed'));
    stream.resume();
    // The frame's own header is HTTP/2's business here.
    stream.end(grpcMessage(1, field(1, workflowId)).subarray(9));
  });
}

function overHttp(url: string, agent: Agent | TlsAgent): ReturnType<Call> {
  return new Promise((resolve, reject) => {
    const get = url.startsWith('https') ? getHttps : getHttp;
    const request = get(url, { agent: agent as TlsAgent }, (response) => {
      const { statusCode } = response;
      response.once('end', () => resolve(statusCode === 200 ? undefined : `HTTP ${statusCode}`));
      response.resume();
    });
    request.once('error', reject);
  });
}
