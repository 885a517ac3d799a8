import { homedir } from 'node:os';
import type { RefusedHost } from '../sandbox.ts';
import type { Wall } from '../wall.ts';
import { closedNetwork } from './closed-network.ts';
import { closedPorts } from './closed-ports.ts';
import { hiddenPaths } from './hidden-paths.ts';
import type { Hindrance } from './hindrance.ts';
import { listeningPorts } from './listening-ports.ts';
import { missingPrograms } from './missing-programs.ts';
import { namedPaths } from './named-paths.ts';
import { unwritablePaths } from './unwritable-paths.ts';

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
