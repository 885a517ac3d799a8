import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GROUP, SESSION, startOf, statOf } from './linux-processes.ts';
import { endGroup } from './process-group.ts';

/*
 * Records on disk which process groups work in a worktree. A process that is killed, or stopped for longer
 * than its lease, cannot end its commands; the next process that opens the worktree does.
 *
 * 1. A record is written when the command begins and removed when its group has ended.
 * 2. A record that can be read is whole: another process may look for it while it is written. One that was never
 *    finished counts, too.
 * 3. Process ids are reused. A group is ended only if it is the recorded one, identified by the start time of
 *    its leader or, without a leader, by the working folder of its members.
 */

/** File in the git folder of a worktree that names the folder of its records. */
const POINTER = 'baton-groups';
/** Ends the name of a record that is being written. */
const UNFINISHED = '.new';

/** Records the groups that start below a worktree in `folder`. */
export function recordGroupsIn(gitDir: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(gitDir, POINTER), folder);
}

/** The folder of the records for the worktree with this git folder; undefined when there is none. */
export function groupRecordsOf(gitDir: string): string | undefined {
  return readIfThere(join(gitDir, POINTER));
}

/** Undefined also when the group has ended meanwhile and removed its record. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Returns a function that records a group starting in `cwd`, if that lies in a worktree with records; it
 * returns a function that removes the record. Prepare it before the command starts and call it right after,
 * so that the command has done almost nothing before it is recorded.
 */
export function groupRecorder(cwd: string): (leader: number) => () => void {
  const folder = recordsFor(cwd);
  return (leader) => {
    const start = folder && startOf(leader);
    if (!(folder && start)) return () => {};
    const path = join(folder, String(leader));
    try {
      const unfinished = `${path}${UNFINISHED}`;
      writeFileSync(unfinished, start);
      renameSync(unfinished, path);
    } catch {
      // An earlier command may have removed the records. This one runs all the same.
    }
    return () => rmSync(path, { force: true });
  };
}

/** Whether a group recorded in `folder` still exists. */
export function hasRecordedGroups(folder: string, worktree: string): boolean {
  return recordsIn(folder).some(({ leader, path }) => {
    const start = readIfThere(path);
    return start !== undefined && isRecorded(leader, start, worktree);
  });
}

/** Ends the groups recorded in `folder` that still exist, without a grace period. */
export async function endRecordedGroups(folder: string, worktree: string): Promise<void> {
  for (const { leader, path } of recordsIn(folder)) {
    const start = readIfThere(path);
    if (start === undefined) continue;
    if (isRecorded(leader, start, worktree)) await endGroup(leader, 0);
    rmSync(path, { force: true });
  }
}

/** The unfinished ones first: one that is finished meanwhile is found by its own name. */
function recordsIn(folder: string) {
  return [UNFINISHED, ''].flatMap((suffix) =>
    namesIn(folder, suffix).map((name) => ({
      leader: Number(name),
      path: join(folder, `${name}${suffix}`),
    })),
  );
}

function isRecorded(leader: number, start: string, worktree: string): boolean {
  const found = startOf(leader);
  if (found !== undefined && start !== '') return found === start;
  // No process can reuse the id while a group has it. So these are its members, or those of a later daemon,
  // which is unlikely to work in our worktree. A record may have been left empty: the same goes for its group.
  return namesIn('/proc').some((name) => {
    const stat = statOf(Number(name));
    if (stat === undefined || Number(stat[GROUP]) !== leader) return false;
    return Number(stat[SESSION]) === leader && worksIn(worktree, name);
  });
}

function worksIn(worktree: string, pid: string): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${worktree}/`);
  } catch {
    return false;
  }
}

/** The folder of the records for the worktree that contains `cwd`. */
function recordsFor(cwd: string): string | undefined {
  for (let folder = realPath(cwd); folder !== dirname(folder); folder = dirname(folder)) {
    const pointer = pointerIn(folder);
    if (pointer !== undefined) return pointer;
  }
  return undefined;
}

/** A missing folder is reported when the command starts. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function pointerIn(folder: string): string | undefined {
  try {
    const link = join(folder, '.git');
    // It is a file in a worktree; in a repository, perhaps a nested one, it is a folder.
    if (!statSync(link).isFile()) return undefined;
    const gitDir = /^gitdir: (.+)$/m.exec(readFileSync(link, 'utf8'))?.[1];
    return gitDir && groupRecordsOf(gitDir);
  } catch {
    return undefined;
  }
}

/** Names that are process ids, of those that end with `suffix`, without it. */
function namesIn(folder: string, suffix = ''): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, name.length - suffix.length))
      .filter((name) => /^[1-9]\d*$/.test(name));
  } catch {
    return [];
  }
}
