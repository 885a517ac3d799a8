import type { CheckCommand } from '@baton/adapters/checks';
import type { Config } from './load-config.ts';

/** Variables to set for a command that is run. */
export type Environment = Readonly<Record<string, string>>;

export interface CommandEntry {
  readonly argv: readonly string[];
  readonly timeoutSeconds?: number | undefined;
}

/** A command of the configuration, as it is run for a role. */
export function checkOf(
  { folder, environment }: Config,
  env: Environment,
  name: string,
  { argv, timeoutSeconds }: CommandEntry,
): CheckCommand {
  return {
    name,
    argv: withFolder(argv, folder),
    env,
    passEnv: environment,
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
  };
}

/** Commands run in the workspace of the build: `{config}` names what lies beside the config file. */
export function withFolder(argv: readonly string[], folder: string): readonly string[] {
  return argv.map((argument) => argument.replaceAll(/(?<!\{)\{config\}(?!\})/g, () => folder));
}
