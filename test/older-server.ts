import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { onTestFinished } from 'vitest';

/** What no version of the server knows. */
const UNKNOWN = 'OfALaterVersion';

/** Leads to a server as to one of an older version, which does not know some methods: it answers itself to what it gets. */
export async function olderServer(
  { httpPort, grpcPort }: { readonly httpPort: number; readonly grpcPort: number },
  methods: readonly string[],
) {
  const renamed = (path: string): string =>
    methods.some((method) => path.endsWith(`/${method}`)) ? `${path}${UNKNOWN}` : path;
  return {
    http: `http://${await overHttp1(httpPort, renamed)}`,
    grpc: `grpc://${await overHttp2(grpcPort, renamed)}`,
  };
}

async function overHttp1(port: number, renamed: (path: string) => string): Promise<string> {
  const proxy = http.createServer((asked, answer) => {
    const { method, headers, url = '' } = asked;
    const options = { host: '127.0.0.1', port, method, headers, path: renamed(url) };
    const asking = http.request(options, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      pipeline(answered, answer, () => undefined);
    });
    pipeline(asked, asking, () => undefined);
  });
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return listening(proxy);
}

async function overHttp2(port: number, renamed: (path: string) => string): Promise<string> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const proxy = http2.createServer();
  const served = new Set<http2.Http2Session>();
  proxy.on('session', (one) => served.add(one));
  proxy.on('stream', (asked, headers) => {
    const asking = session.request({ ...headers, ':path': renamed(String(headers[':path'])) });
    let trailers: http2.IncomingHttpHeaders = {};
    asking.on('response', (answered) => asked.respond(answered, { waitForTrailers: true }));
    asking.on('trailers', (found) => {
      trailers = found;
    });
    asked.on('wantTrailers', () => asked.sendTrailers(trailers));
    pipeline(asked, asking, () => undefined);
    pipeline(asking, asked, () => undefined);
  });
  onTestFinished(() => {
    session.destroy();
    for (const one of served) one.destroy();
    proxy.close();
  });
  return listening(proxy);
}

async function listening(proxy: http.Server | http2.Http2Server): Promise<string> {
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
