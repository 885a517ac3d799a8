import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/*
 * Reads processes from `/proc`; without it, there are none.
 */

/** Bytes of a page, the unit of `/proc/<pid>/statm`. */
const PAGE_BYTES = 4096;

/** Ids of the living processes in the group of `leader`. */
export function groupMembers(leader: number): readonly number[] {
  return all().filter((id) => {
    const stat = statOf(id);
    return stat !== undefined && Number(stat[GROUP]) === leader && stat[0] !== 'Z';
  });
}

/** Ids of the living descendants of `ancestor`. */
export function descendantsOf(ancestor: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const id of all()) {
    const stat = statOf(id);
    if (stat === undefined || stat[0] === 'Z') continue;
    const parent = Number(stat[PARENT]);
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const below = (id: number): number[] =>
    (children.get(id) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(ancestor);
}

/** The name of a process as the kernel keeps it: 15 characters at most. */
export function processName(id: number): string | undefined {
  return textOf(id, 'comm')?.trim();
}

/** Resident memory of the processes in bytes; exited ones count 0. */
export function residentBytes(processes: readonly number[]): number {
  const pages = processes.map((id) => Number(textOf(id, 'statm')?.split(' ')[1] ?? 0));
  return pages.reduce((sum, count) => sum + count, 0) * PAGE_BYTES;
}

function all(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function textOf(id: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Fields of `/proc/<pid>/stat` (proc(5)), counted after the name, which may contain any character. */
const PARENT = 1;
export const GROUP = 2;
export const SESSION = 3;
const START_TIME = 19;

/**
 * Identifies a process beyond its id: a text with its start time, which no other process with this id ever
 * has; undefined when there is no such process. Read from `/proc`, or else from `ps`.
 */
export function startOf(pid: number): string | undefined {
  const fields = statOf(pid);
  if (fields !== undefined) return `${whichSystem()} ${fields[START_TIME]}`;
  if (process.platform === 'linux') return undefined;
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  return stdout?.trim() || undefined;
}

/** The fields after the name; undefined when there is no such process or no `/proc`. */
export function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

let system: string | undefined;

/** Identifies the system: times count from the boot, and a container has its own process ids. */
function whichSystem(): string {
  system ??= readSystem();
  return system;
}

function readSystem(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}
