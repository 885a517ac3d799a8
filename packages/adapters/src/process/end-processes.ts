import { setTimeout as sleep } from 'node:timers/promises';
import type { Confined } from '../sandbox/sandbox.ts';
import { endGroup } from './process-group.ts';

const POLL_MS = 10;
/** Milliseconds to wait for killed processes to disappear. */
const KILLED_MS = 500;

/**
 * Ends every process of a command: SIGTERM first, then SIGKILL for those that remain after `graceMs`. The
 * sandbox itself gets no SIGTERM, because everything inside would die with it at once.
 */
export async function endProcesses(
  confined: Confined,
  leader: number,
  graceMs: number,
): Promise<void> {
  const end = performance.now() + graceMs;
  for (const id of confined.processes()) signal(id, 'SIGTERM');
  await goneWithin(confined, graceMs);
  // Where processes cannot be listed, the whole group gets the grace period.
  await endGroup(leader, Math.max(0, end - performance.now()));
  await goneWithin(confined, KILLED_MS);
}

async function goneWithin(confined: Confined, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (confined.processes().length > 0 && performance.now() < end) await sleep(POLL_MS);
}

function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch {
    // It has exited meanwhile.
  }
}
