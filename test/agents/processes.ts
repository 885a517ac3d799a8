import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

/** All processes of this machine; those behind a wall are seen from outside of it. */
export function processes(): readonly Running[] {
  const table = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args='], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, stat, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    // What has ended and is only waited for writes nothing.
    return pid === undefined || stat?.startsWith('Z')
      ? []
      : [{ pid: +pid, parent: Number(parent), args }];
  });
}

/** The processes that `pid` has started, and those that these have, and so on. */
export function descendants(pid: number): readonly Running[] {
  const all = processes();
  const below = (parent: number): readonly Running[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

/** The bytes of every file of a worktree, by path, git's own aside. */
export function filesOf(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.git')
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(found.map((path) => [path, readFileSync(path, 'base64')]));
}
