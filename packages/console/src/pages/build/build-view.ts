import type { Artifact, DefinitionDescription, Handoff, WorkflowStatus } from '@baton/core/api';
import type { Watch } from '../../api/use-watch.ts';
import type { Unread } from '../../components/feedback.tsx';
import type { Entry } from './timeline.ts';

/** What the parts of a build's page share. */
export interface BuildView {
  readonly status: WorkflowStatus;
  readonly watched: Watch;
  readonly entries: readonly Entry[];
  readonly definition: DefinitionDescription | undefined;
  readonly handoffs: readonly Handoff[];
  /** Undefined once they were read. */
  readonly handoffsUnread: Unread | undefined;
  readonly artifacts: readonly Artifact[];
  /** Whether the server has no store of artifacts. */
  readonly hasNoStore: boolean;
  /** The event up to which all artifacts are there; undefined: they are being listed anew. */
  readonly artifactsUpTo: number | undefined;
  /** Undefined once they were read. */
  readonly artifactsUnread: Unread | undefined;
}
