import type { Caller } from '../caller.ts';
import { quoted } from '../host/quoted.ts';

/** Commands of the CLI that find a build, as they are typed where its advice is read. */
export interface CommandLines {
  /** To put behind the operations. */
  readonly state: string;
  /** To put behind what works on the files. */
  readonly files: string;
  /** A whole command, such as from `resume wf_1 --workspace /shop`. */
  command(text: string): string;
}

/** @param server keeps the state; absent: the workspace does. */
export function commandLines(
  { cwd, invocation }: Pick<Caller, 'cwd' | 'invocation'>,
  workspace: string,
  server?: string,
): CommandLines {
  const files = cwd === workspace ? '' : ` --workspace ${quoted(workspace)}`;
  return {
    files,
    state: server === undefined ? files : ` --server ${quoted(server)}`,
    command: (text) => `${invocation} ${text}`,
  };
}
