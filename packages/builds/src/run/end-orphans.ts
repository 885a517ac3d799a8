import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable of every command of a build. It holds the id of the workflow. */
export const WORKFLOW_VARIABLE = 'BATON_WORKFLOW';

/** Environment variable of commands that perform a role or check its work. */
export const ROLE_VARIABLE = 'BATON_ROLE';

/** Roles whose processes survive a takeover of a killed run. They may be the deployed product. */
export const SPARED = ['release_manager'];

/**
 * Ends commands that a killed process of this build left running. They would write into the files of the
 * next attempt. Commands of `spared` roles go on, because a deployment may be a process. This needs
 * `/proc` (Linux); on other systems it does nothing.
 */
export function endOrphans(workflowId: string, spared: readonly string[]): number {
  const mine = `${WORKFLOW_VARIABLE}=${workflowId}`;
  const stay = spared.map((role) => `${ROLE_VARIABLE}=${role}`);
  let ended = 0;
  for (const pid of processes()) {
    const environment = environmentOf(pid);
    if (!environment.includes(mine) || stay.some((one) => environment.includes(one))) continue;
    try {
      process.kill(pid, 'SIGKILL');
      ended++;
    } catch {
      // It ended by itself.
    }
  }
  return ended;
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
