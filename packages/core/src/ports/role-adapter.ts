import type { Assignment } from '../model/assignment.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Workspace } from './workspace.ts';

/** What a role adapter may use while it performs an assignment. Never the store. */
export interface RoleContext {
  /**
   * Aborts at the deadline, when the claim is lost and when the runner stops. Work reported after
   * that is thrown away.
   */
  readonly signal: AbortSignal;
  /** The build's files; absent where the runner has no workspace. */
  readonly workspace?: Workspace;
  /** Tells whoever watches this runner what is going on. Not durable. */
  progress(message: string): void;
}

/**
 * Performs assignments of one role. May be called twice for one assignment (after a crash), so
 * effects outside the workspace must bear repetition.
 *
 * A thrown {@link BatonError} with `retryable` set is tried again with backoff; everything else
 * that is thrown fails the workflow.
 */
export interface RoleAdapter {
  readonly role: string;
  perform(assignment: Assignment, context: RoleContext): Promise<Outcome>;
}
