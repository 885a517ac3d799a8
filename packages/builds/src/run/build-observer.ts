import type { SetAside } from '@baton/adapters/workspace';
import type { BatonError, RunnerReport, WorkflowEvent, WorkflowStatus } from '@baton/core';
import type { PoorlyMasked } from '../config/poorly-masked.ts';
import type { Retained } from '../retention/apply-retention.ts';

/** How a build was opened. */
export interface OpenedBuild {
  readonly status: WorkflowStatus;
  /** Whether it was begun just now, or is gone on with. */
  readonly begun: boolean;
  /** Root of the repository; a real path. */
  readonly repository: string;
  /** Address of the server that keeps the state; undefined: this machine does. */
  readonly server: string | undefined;
}

/**
 * Follows a build while this process performs or watches it. All methods are optional. An error that one
 * throws ends the performance of the build. The configuration's secrets are masked in the text of roles.
 *
 * @example
 * import type { BuildObserver } from '@baton/builds';
 * const observer: BuildObserver = { happened: ({ type }) => console.log(type) };
 */
export interface BuildObserver {
  opened?(build: OpenedBuild): void;
  /** Which sandbox its commands run in, by its name and in a line for people. */
  confined?(sandbox: string, found: string): void;
  /** These files of the repository differ from the commit that the build begins from. */
  uncommitted?(files: readonly string[]): void;
  /** Secrets of the configuration that masking does little for. */
  poorlyMasked?(secrets: readonly PoorlyMasked[]): void;
  /** What lay there of complete builds was removed, or could not be. */
  pruned?(retained: Retained): void;
  /** A worktree was in the way of a new one, and could not be removed. */
  setAside?(aside: SetAside): void;
  /** Something is in the audit trail, also what another process put there. */
  happened?(event: WorkflowEvent): void;
  /** What the runner of this process says. */
  reported?(report: RunnerReport): void;
  /** Another process performs the build, named in words. */
  following?(holder: string): void;
  /** The other process has gone: this one goes on. */
  tookOver?(): void;
  /** Something that will be tried again. */
  troubled?(error: BatonError): void;
}

/** The person at the terminal of this process. */
export interface People {
  /**
   * Tells how the build stands. While it waits for a person, this one is asked; what was asked
   * before and is settled by now is not asked any longer.
   *
   * @param left called when this person cannot or will not answer.
   */
  look(status: WorkflowStatus, left: () => void): void;
  /** Asks nothing any more. */
  dispose(): void;
}
