import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Fields of `/proc/<pid>/stat` (proc(5)), counted after the name, which may contain anything. */
export const PARENT = 1;
export const GROUP = 2;
export const SESSION = 3;
const START_TIME = 19;

/**
 * When the process of this id began, as text that no other process which ever has the id begins
 * with; undefined when there is no such process. From `/proc` where there is one, else from `ps`.
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

/** The fields after the name; undefined where there is no such process, or no `/proc`. */
export function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

let system: string | undefined;

/** Times count from the boot, and ids belong to a namespace: a container has others than its host. */
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
