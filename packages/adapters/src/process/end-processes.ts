import { setTimeout as sleep } from 'node:timers/promises';
import type { Confined } from '../sandbox/sandbox.ts';
import { endGroup } from './process-group.ts';

const POLL_MS = 10;
/** How long to wait for the system to take down what has been killed. */
const KILLED_MS = 500;

/**
 * Ends every process of a command: SIGTERM, and SIGKILL for what is still there after `graceMs`. The
 * wall itself gets no SIGTERM: with it, all behind it would be gone at once.
 */
export async function endProcesses(
  confined: Confined,
  leader: number,
  graceMs: number,
): Promise<void> {
  const end = performance.now() + graceMs;
  for (const id of confined.processes()) signal(id, 'SIGTERM');
  await goneWithin(confined, graceMs);
  // Where no process can be listed, the group has all of the grace.
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
    // It has ended meanwhile.
  }
}
