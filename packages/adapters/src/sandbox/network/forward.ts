import { hostname } from 'node:os';

type Net = typeof import('node:net');
type Files = typeof import('node:fs');

/*
 * Runs inside the sandbox, where it cannot import anything from Baton. It gets everything as arguments, and
 * Node gets its source as text. It enforces nothing, because a command can do with it what it likes: the
 * servers behind the sockets decide which hosts are permitted.
 */

/**
 * Listens on ports of the loopback and forwards each connection to the socket of the same number in `folder`.
 * When all ports are open, it prints its process id and closes its output.
 */
function forward(net: Net, files: Files, folder: string, ports: readonly string[]): void {
  const listen = (port: string, host: string, isNeeded: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const server = net.createServer({ allowHalfOpen: true }, (inner) => {
        const outer = net.connect({ path: `${folder}/${port}`, allowHalfOpen: true });
        inner.pipe(outer).pipe(inner);
        inner.on('error', () => outer.destroy());
        outer.on('error', () => inner.destroy());
      });
      server.once('error', (reason) => (isNeeded ? reject(reason) : resolve()));
      server.listen(Number(port), host, resolve);
    });
  // A command has the network until it ends; the sandbox then ends this process.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  const all = ports.flatMap((port) => [
    listen(port, '127.0.0.1', true),
    // Not every machine has IPv6.
    listen(port, '::1', false),
  ]);
  void Promise.all(all).then(() => {
    files.writeSync(1, `${process.pid}`);
    for (const output of [1, 2]) {
      files.closeSync(output);
      files.openSync('/dev/null', 'w');
    }
  });
}

/** The source for `node -e`; the folder and the ports follow as arguments. */
export const FORWARDER = `(${forward.toString()})(require('node:net'), require('node:fs'), process.argv[1], process.argv.slice(2))`;

/** Hosts that never go through the proxy: the loopback is the sandbox's own. */
const OWN = ['localhost', '127.0.0.1', '127.0.0.0/8', '0.0.0.0', '::1', hostname()];

/**
 * Variables that make the tools of common languages use a proxy on the loopback. Tools that ignore them reach
 * nothing.
 *
 * @param env of the command; its options for Java are kept.
 */
export function proxyVariables(
  port: number,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const url = `http://127.0.0.1:${port}`;
  const none = OWN.join(',');
  const java = [
    ...['http', 'https'].flatMap((kind) => [
      `-D${kind}.proxyHost=127.0.0.1`,
      `-D${kind}.proxyPort=${port}`,
    ]),
    `-Dhttp.nonProxyHosts=${['localhost', '127.*', '0.0.0.0', '[::1]', hostname()].join('|')}`,
    // Maven's own client ignores these variables by itself.
    '-Daether.connector.http.useSystemProperties=true',
    '-Daether.transport.apache.useSystemProperties=true',
  ];
  return {
    ...each(['http_proxy', 'https_proxy', 'all_proxy'], url),
    ...each(['no_proxy'], none),
    // Yarn from version 2.
    ...{ YARN_HTTP_PROXY: url, YARN_HTTPS_PROXY: url },
    // Node's own fetch and http, from 22.21 and 24.5.
    NODE_USE_ENV_PROXY: '1',
    JAVA_TOOL_OPTIONS: [env['JAVA_TOOL_OPTIONS'], ...java].filter(Boolean).join(' '),
  };
}

/** Tools differ in the case that they read. */
function each(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [name, name.toUpperCase()].map((n) => [n, value])),
  );
}
