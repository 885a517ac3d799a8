import { setTimeout as sleep } from 'node:timers/promises';
import { groupMembers } from './linux-processes.ts';

const POLL_MS = 10;
/** Milliseconds to wait for killed processes to disappear. */
const KILLED_MS = 500;

/** Groups of running commands, which must not outlive this process. */
const running = new Set<number>();

function killAll(): void {
  for (const leader of running) signalGroup(leader, 'SIGKILL');
}

/** Kills the group of `leader` if this process exits before {@link endGroup}. */
export function trackGroup(leader: number): void {
  if (running.size === 0) process.once('exit', killAll);
  running.add(leader);
}

/**
 * Ends every process in the group of `leader`: SIGTERM first, then SIGKILL for those that remain after
 * `graceMs`. Resolves at once when there are none.
 */
export async function endGroup(leader: number, graceMs: number): Promise<void> {
  if (isThere(leader) && signalGroup(leader, 'SIGTERM') && !(await goneWithin(leader, graceMs))) {
    signalGroup(leader, 'SIGKILL');
    await goneWithin(leader, KILLED_MS);
  }
  running.delete(leader);
  if (running.size === 0) process.removeListener('exit', killAll);
}

async function goneWithin(leader: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += POLL_MS) {
    await sleep(POLL_MS);
    if (!isThere(leader)) return true;
  }
  return false;
}

/** Whether a process of the group runs. A zombie that its parent never reaps may stay for good. */
function isThere(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  return process.platform !== 'linux' || groupMembers(leader).length > 0;
}

/** Returns false when the group has no process that can be signalled. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
