import { readdirSync, readFileSync } from 'node:fs';

/** Set for every command that a build runs: whose it is. */
export const WORKFLOW_VARIABLE = 'BATON_WORKFLOW';

/** Set for the commands that perform a role or check its work. */
export const ROLE_VARIABLE = 'BATON_ROLE';

/**
 * Ends the commands that a killed process of this build left running: they would go on writing into
 * the files of the next attempt. Those of `spared` roles stay, for a deployment may well be a
 * process. Only where `/proc` shows the environment of processes (Linux); elsewhere it does nothing.
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
