import type { Caller } from '../caller.ts';
import { quoted } from '../host/quoted.ts';
import { commandLines } from '../text/command-lines.ts';

/**
 * Returns the command that runs install, test and verify again and ignores remembered results.
 *
 * @param config path of the configuration, if the user named one.
 */
export function measureAgain(
  caller: Pick<Caller, 'cwd' | 'invocation'>,
  workspace: string,
  config: string | undefined,
): string {
  const where = commandLines(caller, workspace);
  const named = config === undefined ? '' : ` --config ${quoted(config)}`;
  return where.command(`doctor --run${where.files}${named}`);
}
