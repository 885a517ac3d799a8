import { BatonError } from '@baton/core';

/** Returns the proxy of this machine for a target; undefined: connect directly. */
export type Upstream = (target: {
  readonly host: string;
  readonly port: number;
  /** Whether the client asks for a tunnel instead of plain HTTP. */
  readonly tunnel: boolean;
}) => URL | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case. An entry of `NO_PROXY` is a
 * host, including its subdomains, with or without a port; `*` is every host.
 *
 * @throws BatonError `invalid_input` for a proxy that does not use HTTP.
 */
export function upstreamOf(env: Environment): Upstream {
  const value = (name: string): string | undefined =>
    env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
  const proxy = (name: string): URL | undefined => {
    const found = value(name) ?? value('ALL_PROXY');
    return found === undefined ? undefined : proxyUrl(name, found);
  };
  const tunnels = proxy('HTTPS_PROXY');
  const plain = proxy('HTTP_PROXY');
  const excepted = (value('NO_PROXY') ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return ({ host, port, tunnel }) => {
    if (excepted.some((entry) => covers(entry, host, port))) return undefined;
    return tunnel ? tunnels : plain;
  };
}

/** The header for a proxy with a password. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(both).toString('base64')}` };
}

function proxyUrl(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:') return url;
  // Do not quote the value: it may hold a password.
  const found = url === undefined ? 'something else' : url.protocol;
  throw new BatonError(
    'invalid_input',
    `${name} (or ALL_PROXY): found ${found}; expected the http: address of a proxy, which is the only kind that sandbox.network can go out by`,
  );
}

function covers(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, name = '', end] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (end !== undefined && Number(end) !== port) return false;
  return host === name || (name !== '' && host.endsWith(`.${name}`));
}
