import { Agent, get as getHttp } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { get as getHttps, Agent as TlsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { field, grpcMessage } from './frames.ts';

export interface Ports {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly isTls: boolean;
}

export interface Measured {
  readonly calls: number;
  readonly failures: number;
  readonly p99Ms: number;
}

const EVERY_MS = 10;
/** A call that takes longer counts as that long, and as a failure. */
const TOO_LONG_MS = 10_000;

/** A client that asks little, over both ports, until it is told to stop; how long it waits for answers. */
export function startGoodClient(
  { grpcPort, httpPort, isTls }: Ports,
  workflowId: string,
): { stop(): Promise<Measured> } {
  const times: number[] = [];
  let failures = 0;
  let isRunning = true;
  const scheme = isTls ? 'https' : 'http';
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = isTls
    ? new TlsAgent({ ...options, rejectUnauthorized: false })
    : new Agent(options);
  const session = connect(`${scheme}://127.0.0.1:${grpcPort}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  const measure = async (call: () => Promise<boolean>) => {
    while (isRunning) {
      const began = performance.now();
      const isAnswered = await Promise.race([
        call().catch(() => false),
        sleep(TOO_LONG_MS, false, { ref: false }),
      ]);
      times.push(performance.now() - began);
      if (!isAnswered && isRunning) failures += 1;
      await sleep(EVERY_MS);
    }
  };
  const status = `${scheme}://127.0.0.1:${httpPort}/api/workflows/${workflowId}/status`;
  const both = Promise.all([
    measure(() => overGrpc(session, workflowId)),
    measure(() => overHttp(status, agent)),
  ]);
  return {
    async stop() {
      isRunning = false;
      await both;
      session.destroy();
      agent.destroy();
      times.sort((one, other) => one - other);
      const p99Ms = times[Math.floor(times.length * 0.99)] ?? 0;
      return { calls: times.length, failures, p99Ms };
    },
  };
}

function overGrpc(session: ClientHttp2Session, workflowId: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/baton.v1.WorkflowService/GetWorkflowStatus',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.once('error', reject);
    stream.once('trailers', (trailers) => resolve(trailers['grpc-status'] === '0'));
    stream.once('close', () => resolve(false));
    stream.resume();
    // The frame's own header is HTTP/2's business here.
    stream.end(grpcMessage(1, field(1, workflowId)).subarray(9));
  });
}

function overHttp(url: string, agent: Agent | TlsAgent): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const get = url.startsWith('https') ? getHttps : getHttp;
    const request = get(url, { agent: agent as TlsAgent }, (response) => {
      response.once('end', () => resolve(response.statusCode === 200)).resume();
    });
    request.once('error', reject);
  });
}
