import { quoted } from '@baton/builds/host';
import { type CommandLines, commandLines } from '@baton/builds/internal';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from './terminal.ts';
import { wrapCommand } from './wrap.ts';

/** How to type commands that find a build, in the shell that they are shown in. */
export interface LocationFlags extends Omit<CommandLines, 'command'> {
  /** Git as it works on the repository. */
  readonly git: string;
  /**
   * A whole command, such as from `resume wf_1 --workspace /shop`; on a terminal that is too narrow
   * on several lines, which a shell takes as one.
   *
   * @param before characters in front of it on its first line.
   */
  command(text: string, before: number): string;
}

/** @param server keeps the state; absent: the workspace does. */
export function locationFlags(
  context: Pick<CommandContext, 'cwd' | 'invocation'>,
  workspace: string,
  { server, terminal }: { readonly server?: string | undefined; readonly terminal?: Terminal } = {},
): LocationFlags {
  const lines = commandLines(context, workspace, server);
  const columns = terminal?.room ?? Number.POSITIVE_INFINITY;
  return {
    ...lines,
    git: context.cwd === workspace ? 'git' : `git -C ${quoted(workspace)}`,
    command: (text, before) => wrapCommand(lines.command(text), columns, before),
  };
}
