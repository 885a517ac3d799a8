import type { SetAside } from '@baton/adapters/workspace';
import type { BatonError, RunnerReport, WorkflowEvent, WorkflowStatus } from '@baton/core';
import type { TokenHint } from '../approval/token-hint.ts';
import type { PoorlyMasked } from '../config/create-config-redactor.ts';
import type { Retained } from '../retention/apply-retention.ts';
import type { BuildSummary } from './build-summary.ts';

/** The branch that has the work of a complete build, or why there is none. */
export type HandedOver =
  | { readonly branch: string; readonly commit: string }
  | { readonly problem: string };

/** Who watches a build being performed. */
export interface RunObserver {
  /** @param begun whether the build was begun just now, or is gone on with. */
  opened(status: WorkflowStatus, begun: boolean): void;
  /** Which sandbox its commands run in, by its name and in a line for people. */
  confined(sandbox: string, found: string): void;
  /** These files of the workspace differ from the commit that the build begins from. */
  uncommitted(files: readonly string[]): void;
  /** Secrets of the configuration that masking does little for. */
  poorlyMasked(secrets: readonly PoorlyMasked[]): void;
  /** What lay there of complete builds was removed, or could not be. */
  pruned(retained: Retained): void;
  /** A worktree was in the way of a new one, and could not be removed. */
  setAside(aside: SetAside): void;
  /** Something is in the audit trail, whoever put it there. */
  happened(event: WorkflowEvent): void;
  /** What the runner of this process says. */
  reported(report: RunnerReport): void;
  /** Another process performs the build. */
  following(holder: string): void;
  /** The other process has gone: this one goes on. */
  tookOver(): void;
  /** Something that will be tried again. */
  troubled(error: BatonError): void;
  /** Somebody wants this to end: what is under way is given back. */
  interrupted(): void;
  /** It was interrupted: everything is given back. */
  left(workflowId: string): void;
  /**
   * It waits for a person who is not here: for answers, or for an approval.
   *
   * @param token for that person's eyes: no machine is to keep it.
   */
  waiting(status: WorkflowStatus, token: TokenHint): void;
  /** The build has ended, or had ended before. */
  closed(summary: BuildSummary, handedOver: HandedOver | undefined, token: TokenHint): void;
  /** Clears what would stand in the way of other output. */
  dispose(): void;
}
