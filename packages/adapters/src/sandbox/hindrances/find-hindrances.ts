import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { canonicalHost } from '../../network/addresses.ts';
import { findOnPath } from '../find-on-path.ts';
import { parseHostRule, ruleFor } from '../network/host-rules.ts';
import type { RefusedHost, SandboxPolicy } from '../sandbox.ts';
import type { Wall } from '../wall.ts';
import { hiddenPaths } from './hidden-paths.ts';
import type { Hindrance } from './hindrance.ts';
import { namedPaths, unwritablePaths } from './unwritable-paths.ts';

export interface FailedCommand {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command's output. */
  readonly output: string;
  readonly refusedHosts: readonly RefusedHost[];
}

/** Characters to examine at the end of the output, where the failure is. */
const CHARACTERS = 64 * 1024;
/** Characters to examine of a line, because patterns take longer on long lines. */
const LINE_CHARACTERS = 2000;

/**
 * Finds out what the sandbox withheld from a failed command: what its output names and what exists outside of
 * the sandbox. For people only: it reveals what lies where the command must not look.
 */
export function findHindrances(
  { sandbox, policy, settings }: Wall,
  { cwd, env, output, refusedHosts }: FailedCommand,
): readonly Hindrance[] {
  if (sandbox.name === 'none') return [];
  const lines = output.slice(-CHARACTERS).split('\n');
  const end = lines.map((line) => line.slice(0, LINE_CHARACTERS)).join('\n');
  const { network } = policy;
  const home = settings?.home ?? env['HOME'] ?? homedir();
  const places = { home, checkouts: settings?.checkouts ?? [], kept: settings?.kept ?? [] };
  const { privateFolders = [] } = sandbox;
  const refused = refusedHosts.map(({ host }) => host);
  const canShow = sandbox.problemWith?.({ hosts: ['localhost:5432'] }) === undefined;
  return [
    ...hiddenPaths([...new Set([...namedPaths(end, home), ...missingPrograms(end, env)])], {
      policy,
      privateFolders,
      settings: places,
    }),
    ...unwritablePaths(end, { policy, cwd, settings: places }),
    ...closedPorts(end, { network, listening: listeningPorts(), canShow }),
    ...closedNetwork(end, { network, refused }),
  ];
}

/** Messages of programs about a name that cannot be resolved, with the name. */
const UNRESOLVED: readonly RegExp[] = [
  /\b(?:ENOTFOUND|EAI_AGAIN)\s+([\w.-]+)/g,
  /could not resolve (?:host|hostname|proxy)(?:name)?:?\s+['"]?([\w.-]+)/gi,
  /failed to (?:resolve|lookup)(?: address)?(?: host)? ['"]?([\w-]+(?:\.[\w-]+)+)/gi,
  /\bdial tcp: lookup ([\w.-]+)/g,
  /UnknownHostException: ([\w.-]+)/g,
  /getaddrinfo for host ['"]([\w.-]+)/gi,
  /\b(?:ENETUNREACH|EHOSTUNREACH)\s+([\w.]+)/g,
];
/** Such messages without a name. */
const UNREACHED =
  /\b(?:ENETUNREACH|EAI_AGAIN|ENOTFOUND)\b|network is unreachable|temporary failure in name resolution|name or service not known|could not resolve|nodename nor servname|UnknownHostException|\bfetch failed\b/i;

interface OutsideWorld {
  readonly network: SandboxPolicy['network'];
  /** Hosts that the proxy refused; it reports these itself. */
  readonly refused: readonly string[];
}

/** Hosts that a command could not reach from its sandbox without asking the proxy. */
function closedNetwork(output: string, { network, refused }: OutsideWorld): readonly Hindrance[] {
  if (network === 'all' || !UNREACHED.test(output)) return [];
  const hosts = [...new Set(UNRESOLVED.flatMap((one) => [...output.matchAll(one)].map(hostOf)))]
    .filter((host) => host !== undefined)
    .filter((host) => !refused.some((one) => one === host || one.startsWith(`${host}:`)));
  if (network === 'none') {
    const tried = hosts.length === 0 ? '' : `, and it tried to reach ${hosts.join(', ')}`;
    const what = `the sandbox gives it no network${tried}`;
    return [hosts.length === 0 ? { what } : { what, allow: { network: hosts } }];
  }
  // The proxy reports the hosts that it refused.
  if (hosts.length === 0 && refused.length > 0) return [];
  const rules = network.hosts.map(parseHostRule);
  const unlisted = hosts.filter((host) => ![443, 80].some((port) => ruleFor(rules, host, port)));
  const isListed = hosts.length > 0 && unlisted.length === 0;
  const to = hosts.length === 0 ? '' : ` to ${hosts.join(', ')}`;
  const what = `the only way out of the sandbox is the proxy that HTTPS_PROXY names, to hosts that sandbox.network lists, and it may have tried another way${to}`;
  if (hosts.length === 0) return [{ what }];
  return [{ what, allow: { network: isListed ? 'all' : unlisted } }];
}

function hostOf([, text = '']: RegExpMatchArray): string | undefined {
  const host = canonicalHost(text.replace(/\.$/, ''));
  const isOwn = host === 'localhost' || host === '::1' || host?.startsWith('127.');
  return host === undefined || isOwn || (isIP(host) === 0 && !host.includes('.'))
    ? undefined
    : host;
}

/** Messages of programs about a refused connection. */
const REFUSED =
  /ECONNREFUSED|refused|(?:could not|couldn't|cannot|can't|unable to|failed to) connect|connect\w* .*failed/i;
/** A port of this machine, as addresses and database errors write it. */
const LOCAL =
  /(?:127\.0\.0\.1|localhost|\[?::1\]?|0\.0\.0\.0)['")\]]*(?::|,?[\s(]+(?:\S+\s+)?port:?\s+)(\d{2,5})\b/gi;
/** Lines between the message and its address, at most. */
const APART = 2;
/** Processes in a sandbox cannot listen on ports below this one. */
const FIRST_UNPRIVILEGED = 1024;

interface Ports {
  readonly network: SandboxPolicy['network'];
  /** Ports of this machine that accept connections; undefined: unknown. */
  readonly listening: ReadonlySet<number> | undefined;
  /** Whether the sandbox can provide ports of this machine. */
  readonly canShow: boolean;
}

/** Ports of this machine that a command could not reach from its sandbox. */
function closedPorts(output: string, { network, listening, canShow }: Ports): readonly Hindrance[] {
  if (network === 'all') return [];
  const hosts = network === 'none' ? [] : network.hosts.map(parseHostRule);
  const shown = new Set(hosts.filter(({ kind }) => kind === 'local').flatMap((one) => one.ports));
  return refusedPorts(output)
    .filter((port) => !shown.has(port) && listening?.has(port) !== false)
    .map((port): Hindrance => {
      const listens = listening === undefined ? 'something may listen' : 'something listens';
      const what = `port ${port} of this machine, on which ${listens}, is not reachable from the sandbox`;
      if (!canShow) return { what: `${what}, nor is any other` };
      const allow = port < FIRST_UNPRIVILEGED ? ('all' as const) : [`localhost:${port}`];
      return { what, allow: { network: allow } };
    });
}

function refusedPorts(output: string): readonly number[] {
  const lines = output.split('\n');
  const near = lines.filter((_, index) =>
    lines.slice(Math.max(0, index - APART), index + APART + 1).some((line) => REFUSED.test(line)),
  );
  const ports = near.flatMap((line) => [...line.matchAll(LOCAL)].map(([, port]) => Number(port)));
  return [...new Set(ports)];
}

/** Any address and loopback addresses, as Linux writes them. */
const REACHED_LOCALLY = /^(?:0+|[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;
const LISTENS = '0A';

/**
 * Ports on which programs listen on this machine's loopback; undefined where the system does not tell. It
 * makes no connections, because hostile output may name the ports.
 */
function listeningPorts(): ReadonlySet<number> | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(read);
  if (tables.length === 0) return undefined;
  const ports = new Set<number>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state === LISTENS && REACHED_LOCALLY.test(address)) ports.add(Number.parseInt(port, 16));
  }
  return ports;
}

function read(path: string): readonly string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}

/** Messages of shells and `env` about a missing program, with its name. */
const NOT_FOUND: readonly RegExp[] = [
  /(?:^|[\s:])([\w.+-]+): (?:command )?not found\b/gm,
  /command not found: ([\w.+-]+)/g,
  /['‘]([\w.+-]+)['’]: No such file or directory/g,
  /\bspawn ([\w.+-]+) ENOENT\b/g,
];
/** Programs to look for, at most. */
const MOST_PROGRAMS = 20;

/** Finds programs that a command missed and that are on PATH outside of its sandbox. */
function missingPrograms(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names = NOT_FOUND.flatMap((one) => [...text.matchAll(one)].map(([, name = '']) => name));
  return [...new Set(names)].slice(0, MOST_PROGRAMS).flatMap((name) => findOnPath(name, env) ?? []);
}
