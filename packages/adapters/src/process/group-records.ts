import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { endGroup } from './process-group.ts';
import { GROUP, SESSION, startOf, statOf } from './process-start.ts';

/*
 * Which process groups work in a worktree, kept on disk: a process that is killed, or stopped for
 * longer than its lease, cannot end its commands, so whoever opens the worktree next does.
 * 1. A record is written when the command begins and removed when its group has ended.
 * 2. Ids are used again: a group is ended only if it is the one of the record, told by when its
 *    leader began or, where the leader has gone, by where its members work.
 */

/** In the git folder of a worktree, names the folder of its records. */
const POINTER = 'baton-groups';

/** Has the groups that begin below a worktree recorded in `folder`. */
export function recordGroupsIn(gitDir: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(gitDir, POINTER), folder);
}

/** The folder where groups of the worktree with this git folder are recorded, if they are. */
export function groupRecordsOf(gitDir: string): string | undefined {
  return readIfThere(join(gitDir, POINTER));
}

/** Undefined also where the group has ended meanwhile and took its record with it. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Answers what records a group that begins in `cwd`, if that is in a worktree whose groups are
 * recorded; what that answers removes the record. To be had before the command begins, and called
 * at once when it has, so that it has done next to nothing before it is on record.
 */
export function groupRecorder(cwd: string): (leader: number) => () => void {
  const folder = recordsFor(cwd);
  return (leader) => {
    const start = folder && startOf(leader);
    if (!(folder && start)) return () => {};
    const path = join(folder, String(leader));
    try {
      writeFileSync(path, start);
    } catch {
      // A command before may have taken the records away. This one runs all the same.
    }
    return () => rmSync(path, { force: true });
  };
}

/** Whether a group recorded in `folder` is still there. */
export function hasRecordedGroups(folder: string, worktree: string): boolean {
  return namesIn(folder).some((name) => {
    const start = readIfThere(join(folder, name));
    return start !== undefined && isRecorded(Number(name), start, worktree);
  });
}

/** Ends the groups recorded in `folder` that are still there. They get no grace: nobody waits. */
export async function endRecordedGroups(folder: string, worktree: string): Promise<void> {
  for (const name of namesIn(folder)) {
    const leader = Number(name);
    const path = join(folder, name);
    if (isRecorded(leader, readFileSync(path, 'utf8'), worktree)) await endGroup(leader, 0);
    rmSync(path, { force: true });
  }
}

function isRecorded(leader: number, start: string, worktree: string): boolean {
  const found = startOf(leader);
  if (found !== undefined) return found === start;
  // No process can get the id while a group has it, so these are its members or those of a later
  // daemon; the latter would hardly work in our worktree.
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

/** The folder of the records of the worktree that `cwd` lies in. */
function recordsFor(cwd: string): string | undefined {
  for (let folder = realPath(cwd); folder !== dirname(folder); folder = dirname(folder)) {
    const pointer = pointerIn(folder);
    if (pointer !== undefined) return pointer;
  }
  return undefined;
}

/** A folder that is not there shows when the command is begun. */
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
    // In a worktree it is a file; in a repository, perhaps a nested one, a folder.
    if (!statSync(link).isFile()) return undefined;
    const gitDir = /^gitdir: (.+)$/m.exec(readFileSync(link, 'utf8'))?.[1];
    return gitDir && groupRecordsOf(gitDir);
  } catch {
    return undefined;
  }
}

/** Names that are process ids. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[1-9]\d*$/.test(name));
  } catch {
    return [];
  }
}
