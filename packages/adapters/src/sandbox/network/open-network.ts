import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { startOf } from '../../process/process-start.ts';
import type { RefusedHost } from '../sandbox.ts';
import { createEgressProxy, type EgressOptions } from './egress-proxy.ts';
import { parseHostRule } from './host-rules.ts';
import { createLocalPort } from './local-port.ts';
import { upstreamOf } from './upstream.ts';

/** The ways out of one command's sandbox, on this side of its wall. */
export interface OpenNetwork {
  /** Holds a socket for each port of the sandbox's loopback, named by its number. */
  readonly folder: string;
  readonly ports: readonly number[];
  /** The port of the proxy among them. */
  readonly proxyPort: number;
  refused(): readonly RefusedHost[];
  close(): Promise<void>;
}

/** What a network is opened by, beside its hosts. */
export interface NetworkOptions extends Partial<Pick<EgressOptions, 'lookup' | 'ownAddresses'>> {
  /** Names the proxy that this machine itself goes out by, if any. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Not below `TMPDIR`: whatever lies here, no command in a sandbox sees. */
const PARENT = '/tmp';

/** Above the ports that systems give to those who ask for any. */
const FIRST_PROXY_PORT = 61_128;

const LIMITS = { connectTimeoutMs: 10_000, headersTimeoutMs: 10_000, maxConnections: 256 };

/**
 * Opens the ways out to the hosts of a list.
 *
 * @throws BatonError `invalid_input` for an entry that names no host, or a proxy that is of no use.
 */
export async function openNetwork(
  hosts: readonly string[],
  { env, ...resolving }: NetworkOptions,
): Promise<OpenNetwork> {
  const rules = hosts.map(parseHostRule);
  const local = rules.filter(({ kind }) => kind === 'local');
  const localPorts = [...new Set(local.flatMap(({ ports }) => ports))];
  const proxyPort = freePort(localPorts);
  const proxy = createEgressProxy({
    lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    ownAddresses,
    ...resolving,
    ...LIMITS,
    rules,
    upstream: upstreamOf(env),
  });
  await sweep();
  // Of mode 0700.
  const folder = await mkdtemp(join(PARENT, `baton-network-${process.pid}-`));
  const locals = localPorts.map((port) => createLocalPort(port, LIMITS));
  const close = async (): Promise<void> => {
    await Promise.all([proxy.close(), ...locals.map((one) => one.close())]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listen(proxy.server, join(folder, String(proxyPort)));
    for (const { server, port } of locals) await listen(server, join(folder, String(port)));
  } catch (reason) {
    await close();
    throw reason;
  }
  const ports = [proxyPort, ...localPorts];
  return { folder, ports, proxyPort, refused: proxy.refused, close };
}

/** Removes the folders of processes that were killed. Once is enough: this one cleans up after itself. */
async function sweep(): Promise<void> {
  if (swept) return;
  swept = true;
  for (const name of await readdir(PARENT)) {
    const owner = /^baton-network-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || startOf(Number(owner)) !== undefined) continue;
    const path = join(PARENT, name);
    const found = await stat(path).catch(() => undefined);
    // Another container may share the folder, and not its processes.
    if (found === undefined || found.mtimeMs > Date.now() - DAY_MS) continue;
    // That of another user stays.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

let swept = false;
const DAY_MS = 86_400_000;

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

function freePort(taken: readonly number[]): number {
  let port = FIRST_PROXY_PORT;
  while (taken.includes(port)) port += 1;
  return port;
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map(({ address }) => address),
  );
}
