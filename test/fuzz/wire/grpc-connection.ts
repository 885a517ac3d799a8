import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Connection, Ending, RawAnswer } from './raw-answer.ts';
import type { Wire } from './to-wire.ts';

export interface GrpcAsked extends Ending {
  readonly wire: Wire;
  /** What goes out of the body. */
  readonly portion: Buffer;
}

/** gRPC's frames on a bare HTTP/2 session: a gRPC client sends nothing that is wrong. */
export function createGrpcConnection(address: string): Connection<GrpcAsked> {
  let session: ClientHttp2Session | undefined;

  function open(): ClientHttp2Session {
    const opened = connect(`http://${address}`);
    const forget = () => {
      if (session === opened) session = undefined;
    };
    opened.on('error', forget).on('goaway', forget).on('close', forget);
    session = opened;
    return opened;
  }

  async function ask(asked: GrpcAsked): Promise<RawAnswer> {
    const reused = session;
    if (reused !== undefined) {
      const answer = await exchange(reused, asked);
      // The server may end a connection at any time.
      if (answer.outcome !== 'closed' || answer.status !== 0) return answer;
      if (session === reused) session = undefined;
      reused.destroy();
    }
    return exchange(open(), asked);
  }

  return { ask, close: () => session?.destroy() };
}

function exchange(session: ClientHttp2Session, asked: GrpcAsked): Promise<RawAnswer> {
  const { wire, portion, cut, cancelAfterMs, lateAfterMs } = asked;
  return new Promise((resolve) => {
    let headers: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let early: RawAnswer['outcome'] | undefined;
    let stream: ClientHttp2Stream;
    try {
      stream = session.request({ ':method': wire.verb, ':path': wire.path, ...wire.headers });
    } catch {
      // The session has ended, and its event is yet to come.
      resolve({ outcome: 'closed', status: 0, headers, body: Buffer.alloc(0) });
      return;
    }
    const leave = (outcome: RawAnswer['outcome']) => {
      early ??= outcome;
      stream.close(constants.NGHTTP2_CANCEL);
    };
    const timers = [setTimeout(() => leave('late'), lateAfterMs)];
    if (cancelAfterMs !== undefined) {
      timers.push(setTimeout(() => leave('cancelled'), cancelAfterMs));
    }
    const add = (found: IncomingHttpHeaders) => {
      headers = { ...headers, ...(found as Record<string, string>) };
    };
    stream
      .on('response', add)
      .on('trailers', add)
      .on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      const status = Number(headers[':status'] ?? 0);
      const isWhole = headers['grpc-status'] !== undefined || (status !== 0 && status !== 200);
      const outcome = isWhole ? 'answered' : (early ?? 'closed');
      resolve({ outcome, status, headers, body: Buffer.concat(chunks) });
    });
    if (cut === undefined || cut === 'end') stream.end(portion);
    else {
      stream.write(portion);
      if (cut === 'destroy') setImmediate(() => leave('cancelled'));
    }
  });
}
