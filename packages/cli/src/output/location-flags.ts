import type { CommandContext } from '../command-context.ts';
import type { Terminal } from './terminal.ts';
import { wrapCommand } from './wrap.ts';

/** How to type commands that find a build, in the shell that they are shown in. */
export interface LocationFlags {
  /** To put behind the operations. */
  readonly state: string;
  /** To put behind what works on the files. */
  readonly files: string;
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
  { cwd, invocation }: Pick<CommandContext, 'cwd' | 'invocation'>,
  workspace: string,
  { server, terminal }: { readonly server?: string | undefined; readonly terminal?: Terminal } = {},
): LocationFlags {
  const files = cwd === workspace ? '' : ` --workspace ${quoted(workspace)}`;
  const columns = terminal?.room ?? Number.POSITIVE_INFINITY;
  return {
    files,
    git: cwd === workspace ? 'git' : `git -C ${quoted(workspace)}`,
    state: server === undefined ? files : ` --server ${quoted(server)}`,
    command: (text, before) => wrapCommand(`${invocation} ${text}`, columns, before),
  };
}

/** A word that a shell takes as it is. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
