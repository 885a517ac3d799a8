import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY */
const BUSY = 5;

/** The lock under which one process at a time performs a build in this workspace. */
export interface RunLock {
  /** Takes the lock if it is free. Returns whether this process has it. */
  tryAcquire(): boolean;
  /** Names the process that has the lock. */
  holder(): string;
  release(): void;
}

/**
 * Creates a lock that the operating system releases when its process dies. Node has no file locks, so it
 * uses the lock of a SQLite database, which works on every system.
 */
export function createRunLock(path: string): RunLock {
  let held: DatabaseSync | undefined;
  return {
    tryAcquire() {
      if (held !== undefined) return true;
      const database = new DatabaseSync(path);
      try {
        database.exec('BEGIN EXCLUSIVE');
      } catch (reason) {
        database.close();
        if (reason instanceof Error && 'errcode' in reason && reason.errcode === BUSY) return false;
        throw reason;
      }
      held = database;
      writeFileSync(`${path}.holder`, `process ${process.pid} on ${hostname()}`);
      return true;
    },
    holder() {
      try {
        return readFileSync(`${path}.holder`, 'utf8') || 'another process';
      } catch {
        return 'another process';
      }
    },
    release() {
      held?.close();
      held = undefined;
    },
  };
}

/** Environment variable of every command of a build. It holds the id of the workflow. */
export const WORKFLOW_VARIABLE = 'BATON_WORKFLOW';

/** Environment variable of commands that perform a role or check its work. */
export const ROLE_VARIABLE = 'BATON_ROLE';

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
