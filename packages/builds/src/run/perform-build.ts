import {
  type ArtifactStore,
  BatonError,
  createRunner,
  type ErrorCode,
  type Redact,
  type RoleAdapter,
  type RunnerReport,
  type WorkflowStatus,
  type WorkspaceProvider,
} from '@baton/core';
import { systemClock } from '@baton/core/internal';
import type { Operations } from '../operations/operations.ts';
import { hasEnded } from './build-id.ts';
import type { BuildObserver, People } from './build-observer.ts';
import type { ClaimMemory } from './claim-memory.ts';
import { endOrphans, SPARED } from './end-orphans.ts';
import { followBuild } from './follow-build.ts';
import type { RunLock } from './run-lock.ts';

/*
 * Performs one build until it is complete, waits in `error`, or waits for a person who is not present.
 * 1. The audit trail tells the progress and the end of the build, in this process or in another.
 * 2. A process performs the build only under the run lock. Without it, it follows and tries again.
 * 3. In every case, the runner has stopped and the lock is free at the end.
 */

export interface BuildToPerform {
  readonly operations: Operations;
  readonly status: WorkflowStatus;
  readonly roles: readonly RoleAdapter[];
  /** Masks secrets in the roles' answers. */
  readonly redact: Redact;
  readonly workspaces: WorkspaceProvider;
  /** Keeps what the roles say and what is printed. */
  readonly artifacts: ArtifactStore;
  readonly worker: string;
  readonly lock: RunLock;
  readonly memory: ClaimMemory;
  readonly observer: BuildObserver;
  /** Asks the person at the terminal. Undefined: this ends when the build waits for a person. */
  readonly people: People | undefined;
  /** Ends the work early. Claims under way are given back. */
  readonly interrupted: AbortSignal;
}

/** Interval at which a waiting process tries to take the lock. */
const LOCK_POLL_MS = 500;
/** Time for a role to report its last result after the build has ended. */
const DRAIN_MS = 5000;

/** Errors of a runner that do not end the run. The trail tells what follows. */
const EXPECTED: ReadonlySet<ErrorCode> = new Set(['timed_out', 'budget_spent', 'cancelled']);

/** @throws BatonError what went wrong outside the roles; `cancelled` when interrupted. */
export async function performBuild(build: BuildToPerform): Promise<WorkflowStatus> {
  const { operations, status, interrupted } = build;
  const { workflowId } = status;
  const ended = new AbortController();
  const ending = AbortSignal.any([ended.signal, interrupted]);
  let broken: BatonError | undefined;
  const breakOff = (reason: unknown): void => {
    broken ??= BatonError.from(reason);
    ended.abort();
  };
  const performing = performAlone(build, ending, breakOff).catch(breakOff);
  try {
    await followBuild(build, ending, () => ended.abort());
  } catch (reason) {
    if (!ending.aborted) throw reason;
  } finally {
    ended.abort();
    await performing;
  }
  if (broken !== undefined) throw broken;
  const last = await operations.status({ workflowId });
  const waits = last.awaiting !== undefined && !interrupted.aborted;
  if (!hasEnded(last) && !waits)
    throw new BatonError('cancelled', `build '${last.buildId}' was interrupted`);
  return last;
}

async function performAlone(
  build: BuildToPerform,
  ending: AbortSignal,
  breakOff: (reason: unknown) => void,
): Promise<void> {
  const { lock, observer, memory, operations, status } = build;
  let waited = false;
  while (!lock.tryAcquire()) {
    if (!waited) observer.following?.(lock.holder());
    waited = true;
    await systemClock.sleep(LOCK_POLL_MS, ending);
    if (ending.aborted) return;
  }
  try {
    if (waited && !hasEnded(await operations.status({ workflowId: status.workflowId }))) {
      observer.tookOver?.();
    }
    endOrphans(status.workflowId, SPARED);
    await memory.giveBack(operations);
    await runUntil(build, ending, breakOff);
  } finally {
    lock.release();
  }
}

async function runUntil(
  build: BuildToPerform,
  ending: AbortSignal,
  breakOff: (reason: unknown) => void,
): Promise<void> {
  const { operations, memory, roles, workspaces, artifacts } = build;
  const { worker, observer, redact } = build;
  const onReport = (report: RunnerReport): void => {
    observer.reported?.(report);
    if (report.kind !== 'trouble' || ending.aborted) return;
    const { error } = report;
    if (error.retryable || error.code === 'unavailable') observer.troubled?.(error);
    else if (!EXPECTED.has(error.code)) breakOff(error);
  };
  const runner = createRunner({
    source: memory.remembering(operations),
    roles,
    workspaces,
    artifacts,
    workflowId: build.status.workflowId,
    worker,
    redact,
    concurrency: 1,
    onReport,
  });
  if (ending.aborted) return;
  const running = runner.run();
  const stop = (): void => void runner.stop(build.interrupted.aborted ? 0 : DRAIN_MS);
  ending.addEventListener('abort', stop, { once: true });
  await running;
}
