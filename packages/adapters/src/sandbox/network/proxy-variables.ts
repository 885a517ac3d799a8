import { hostname } from 'node:os';

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
