import type { CommandContext } from '../command-context.ts';
import { locationFlags, quoted } from '../output/location-flags.ts';

/**
 * The command that runs install, test and verify anew, whatever is remembered of them.
 *
 * @param config the file, where the user named one.
 */
export function measureAgain(
  context: Pick<CommandContext, 'cwd' | 'invocation'>,
  workspace: string,
  config: string | undefined,
): string {
  const where = locationFlags(context, workspace);
  const named = config === undefined ? '' : ` --config ${quoted(config)}`;
  return where.command(`doctor --run${where.files}${named}`, 0);
}
