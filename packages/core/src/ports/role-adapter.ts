import type { ArtifactMeta, ArtifactRef } from '../model/artifact.ts';
import type { Assignment } from '../model/assignment.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Note } from '../model/note.ts';
import type { Outcome } from '../model/outcome.ts';
import type { DeclaredPrincipal } from '../model/principal.ts';
import type { Redact } from '../model/redact.ts';
import type { Allowance, Usage } from '../model/usage.ts';
import type { Telemetry } from './telemetry.ts';
import type { Workspace } from './workspace.ts';

/** What a role says of an artifact; the runner knows the rest. */
export interface RoleArtifact
  extends Pick<ArtifactMeta, 'kind' | 'name'>,
    Partial<Pick<ArtifactMeta, 'mediaType' | 'treeDigest'>> {}

/** What a role adapter may use while it performs an assignment. Never the store. */
export interface RoleContext {
  /**
   * Aborts at the deadline, when the claim is lost and when the runner stops. Work reported after
   * that is thrown away.
   */
  readonly signal: AbortSignal;
  /** The build's files; absent where the runner has no workspace. */
  readonly workspace?: Workspace | undefined;
  /**
   * Masks secrets. What a role is asked and says is masked by the runner; what is cut or taken apart before it
   * leaves the role has to be masked first, for a part of a secret is not known as one. Absent: there are no
   * secrets.
   */
  readonly redact?: Redact;
  /** Tells the watchers of the workflow what is going on. Not durable. */
  progress(message: string): void;
  /** Counts what was used, right after it was: settled with the outcome, whatever that is. */
  usage(used: Usage): void;
  /**
   * Attaches a record of a command that ran to the output. This is the only way: the runner drops
   * evidence that an outcome claims.
   */
  evidence(record: Evidence): void;
  /**
   * Keeps what a model said or a command printed, bounded. Resolves when it is kept, with what
   * evidence may name it by; or, noted as `artifact_not_kept`, with undefined: work never fails for it.
   * Absent: nothing is kept. The media type is `text/plain` by default.
   */
  readonly artifact?:
    | ((given: RoleArtifact, content: string | Uint8Array) => Promise<ArtifactRef | undefined>)
    | undefined;
  /** Gets spans of the role's work; the attempt's own is active. Absent: nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  /** Puts a note into the audit trail, in the commit of the outcome. */
  note(note: Note): void;
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
  /**
   * For separation of duties. Absent: nothing is declared, so that it is refused what a separation by
   * model or family concerns.
   */
  readonly principal?: DeclaredPrincipal | undefined;
  /**
   * What one attempt uses at most, 0 for nothing: set aside under a budget, and lost to it when the
   * attempt dies. Absent: all that is left.
   */
  readonly reserve?: Allowance | undefined;
  /** Whether it judges what others made, and so works in a workspace of its own. Default: false. */
  readonly judges?: boolean | undefined;
  perform(assignment: Assignment, context: RoleContext): Promise<Outcome>;
}
