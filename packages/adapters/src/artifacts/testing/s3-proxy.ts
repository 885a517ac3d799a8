import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request on its way. */
interface Passing {
  readonly method: string;
  /** Key behind the bucket, without parameters. */
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

/**
 * What becomes of a request: it is passed on; or it is, and its answer is lost (after something else has happened), or
 * breaks off after so many bytes; or it is answered here with a status.
 */
export type Fate =
  | 'pass'
  | 'lose'
  | { readonly loseAfter: () => Promise<unknown> }
  | { readonly stallAfter: number }
  | { readonly status: number };

/** A proxy between a client and an S3 server on this machine. */
export interface S3Proxy {
  readonly endpoint: string;
  /** Decides about each request from now on. Default: all pass. */
  decide: (passing: Passing) => Fate | Promise<Fate>;
  /** Bytes of bodies that were passed to the client. */
  readonly received: () => number;
  /** Answers that the client did not take to their end. */
  readonly leftEarly: () => number;
  close(): Promise<void>;
}

export async function startS3Proxy(port: number): Promise<S3Proxy> {
  let received = 0;
  let left = 0;

  async function pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    to.on('close', () => {
      if (!to.writableFinished) left++;
    });
    const body = await buffer(from);
    const { method = '', url = '', headers } = from;
    const key = decodeURIComponent(url.replace(/\?.*/, '').split('/').slice(2).join('/'));
    const fate = await proxy.decide({ method, key, headers });
    if (typeof fate === 'object' && 'status' in fate) {
      to.writeHead(fate.status).end();
      return;
    }
    const asking = request({ host: '127.0.0.1', port, method, path: url, headers });
    asking.end(body);
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    const content = await buffer(answer);
    const isLost = fate === 'lose' || (typeof fate === 'object' && 'loseAfter' in fate);
    if (isLost) {
      if (typeof fate === 'object') await fate.loseAfter();
      from.socket.destroy();
      return;
    }
    to.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
    if (fate === 'pass') {
      received += content.length;
      to.end(content);
    } else to.write(content.subarray(0, fate.stallAfter));
  }

  const server = createServer((from, to) => {
    pass(from, to).catch(() => from.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: S3Proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: () => 'pass',
    received: () => received,
    leftEarly: () => left,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
