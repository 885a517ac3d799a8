import { parseHostRule } from '../network/host-rules.ts';
import type { SandboxPolicy } from '../sandbox.ts';
import type { Hindrance } from './hindrance.ts';

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

export interface Ports {
  readonly network: SandboxPolicy['network'];
  /** Ports of this machine that accept connections; undefined: unknown. */
  readonly listening: ReadonlySet<number> | undefined;
  /** Whether the sandbox can provide ports of this machine. */
  readonly canShow: boolean;
}

/** Ports of this machine that a command could not reach from its sandbox. */
export function closedPorts(
  output: string,
  { network, listening, canShow }: Ports,
): readonly Hindrance[] {
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
