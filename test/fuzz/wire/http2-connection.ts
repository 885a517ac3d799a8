import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Asked, Connection, RawAnswer } from './raw-answer.ts';

/** Requests on a bare HTTP/2 session: a client of gRPC or Connect sends nothing that is wrong. */
export function createHttp2Connection(connect: () => ClientHttp2Session): Connection {
  let session: ClientHttp2Session | undefined;

  function open(): ClientHttp2Session {
    const opened = connect();
    const forget = () => {
      if (session === opened) session = undefined;
    };
    opened.on('error', forget).on('goaway', forget).on('close', forget);
    session = opened;
    return opened;
  }

  async function ask(asked: Asked): Promise<RawAnswer> {
    const reused = session;
    if (reused !== undefined) {
      const answer = await exchange(reused, asked);
      // The server may end a connection at any time. Of what is wrong, no answer is one.
      if (answer.outcome !== 'closed' || answer.status !== 0 || !asked.isOrderly) return answer;
      if (session === reused) session = undefined;
      reused.destroy();
    }
    return exchange(open(), asked);
  }

  return { ask, close: () => session?.destroy() };
}

function exchange(session: ClientHttp2Session, asked: Asked): Promise<RawAnswer> {
  const { portion, cut, cancelAfterMs, lateAfterMs } = asked;
  return new Promise((resolve) => {
    let headers: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let early: RawAnswer['outcome'] | undefined;
    let stream: ClientHttp2Stream;
    try {
      const endStream = portion.length === 0 && (cut === undefined || cut === 'end');
      stream = session.request(headersOf(asked), { endStream });
    } catch {
      // The session has ended, and its event is yet to come; or Node does not send such headers.
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
    let hasEnded = false;
    stream
      .on('response', add)
      .on('trailers', add)
      .on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      // Node also ends what it reads when the caller leaves.
      hasEnded = early === undefined;
    });
    stream.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      const status = Number(headers[':status'] ?? 0);
      const isGrpc = /^application\/grpc(?!-web)/.test(headers['content-type'] ?? '');
      // What gRPC tells at the end is part of an answer.
      const isWhole = isGrpc && status === 200 ? headers['grpc-status'] !== undefined : hasEnded;
      const outcome = status !== 0 && isWhole ? 'answered' : (early ?? 'closed');
      resolve({ outcome, status, headers, body: Buffer.concat(chunks) });
    });
    if (stream.writableEnded) return;
    if (cut === undefined || cut === 'end') stream.end(portion);
    else {
      stream.write(portion);
      if (cut === 'destroy') setImmediate(() => leave('cancelled'));
    }
  });
}

function headersOf({ wire, chunked, cut }: Asked): OutgoingHttpHeaders {
  const { verb, path, headers, body } = wire;
  const { host, ...others } = headers;
  const tellsLength = !chunked && cut === undefined && body.length > 0;
  return {
    ...{ ':method': verb, ':path': path },
    ...(host !== undefined && { ':authority': host }),
    ...(tellsLength && { 'content-length': String(body.length) }),
    ...others,
  };
}
