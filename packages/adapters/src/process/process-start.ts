import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Fields of `/proc/<pid>/stat` (proc(5)), counted after the name, which may contain any character. */
export const PARENT = 1;
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
