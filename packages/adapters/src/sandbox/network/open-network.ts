import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { startOf } from '../../process/linux-processes.ts';
import type { RefusedHost } from '../sandbox.ts';
import { connectionsOf, joinConnections } from './connections.ts';
import { dialLocal } from './dial.ts';
import { createEgressProxy, type EgressOptions } from './egress-proxy.ts';
import { parseHostRule } from './host-rules.ts';
import { upstreamOf } from './upstream.ts';

/** The network of one command's sandbox, seen from outside. */
export interface OpenNetwork {
  /** Folder with a socket for each port of the sandbox's loopback, named by its number. */
  readonly folder: string;
  readonly ports: readonly number[];
  /** The port of the proxy in the sandbox. */
  readonly proxyPort: number;
  refused(): readonly RefusedHost[];
  close(): Promise<void>;
}

/** How to open a network, beside its hosts. */
export interface NetworkOptions extends Partial<Pick<EgressOptions, 'lookup' | 'ownAddresses'>> {
  /** Environment that names the proxy of this machine, if any. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Not below `TMPDIR`: sandboxes hide what lies in this folder. */
const PARENT = '/tmp';

/** Above the range of ephemeral ports. */
const FIRST_PROXY_PORT = 61_128;

const LIMITS = { connectTimeoutMs: 10_000, headersTimeoutMs: 10_000, maxConnections: 256 };

/**
 * Opens the network for a list of hosts.
 *
 * @throws BatonError `invalid_input` for an entry that names no host, and for an unusable proxy.
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
  // The folder has mode 0700.
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

/** Removes the folders of processes that were killed. It runs once: this process removes its own folders. */
async function sweep(): Promise<void> {
  if (swept) return;
  swept = true;
  for (const name of await readdir(PARENT)) {
    const owner = /^baton-network-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || startOf(Number(owner)) !== undefined) continue;
    const path = join(PARENT, name);
    const found = await stat(path).catch(() => undefined);
    // Another container may share the folder without sharing process ids.
    if (found === undefined || found.mtimeMs > Date.now() - DAY_MS) continue;
    // A folder of another user stays.
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

interface LocalPort {
  readonly port: number;
  /** The server, not yet listening. */
  readonly server: Server;
  close(): Promise<void>;
}

/** Forwards connections to a port of this machine's loopback. */
function createLocalPort(
  port: number,
  { connectTimeoutMs, maxConnections }: { connectTimeoutMs: number; maxConnections: number },
): LocalPort {
  const server = createServer({ allowHalfOpen: true });
  server.maxConnections = maxConnections;
  const { track, signal, close } = connectionsOf(server);
  server.on('connection', (inner) => {
    dialLocal(port, AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)])).then(
      (outer) => joinConnections(inner, track(outer)),
      // No program listens there: close the connection, as if it had been refused.
      () => inner.destroy(),
    );
  });
  return { port, server, close };
}
