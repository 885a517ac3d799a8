import type { CheckCommand } from '@baton/adapters/checks';
import { type Purpose, withFolder } from './commands-of.ts';
import type { Config } from './load-config.ts';
import type { CommandSandbox } from './sandbox-schema.ts';
import type { Walls } from './walls.ts';

/** Variables to set for a command that is run. */
export type Environment = Readonly<Record<string, string>>;

export interface CommandEntry {
  readonly argv: readonly string[];
  readonly timeoutSeconds?: number | undefined;
  readonly sandbox?: CommandSandbox;
}

/** What turns commands of the configuration into commands that are run for a role. */
export interface CommandMaker {
  readonly config: Config;
  readonly walls: Walls;
  /** Variables to set for them. */
  readonly env: Environment;
}

/** A command of the configuration, as it is run for a role. */
export function checkOf(
  { config: { folder, environment, commands }, walls, env }: CommandMaker,
  purpose: Purpose,
  name: string,
  entry: CommandEntry,
): CheckCommand {
  const { argv, timeoutSeconds } = entry;
  return {
    confinement: walls(purpose, entry, placeOf(purpose, entry, commands)),
    name,
    argv: withFolder(argv, folder),
    env,
    passEnv: environment,
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
  };
}

/** Where the configuration has a command: those of a list by their number. */
function placeOf(
  purpose: Purpose,
  entry: CommandEntry,
  { verify, smoke = [] }: Config['commands'],
): string {
  const all: readonly CommandEntry[] = purpose === 'verify' ? verify : smoke;
  const isListed = purpose === 'verify' || purpose === 'smoke';
  return `commands.${purpose}${isListed ? `[${all.findIndex(({ argv }) => argv === entry.argv)}]` : ''}`;
}
