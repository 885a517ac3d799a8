import type { Caller } from '../caller.ts';
import { quoted } from '../host/quoted.ts';
import { commandLines } from '../text/command-lines.ts';

/**
 * The command that runs install, test and verify anew, whatever is remembered of them.
 *
 * @param config the file, where the user named one.
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
