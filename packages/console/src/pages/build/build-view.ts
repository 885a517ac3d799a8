import type { Artifact, DefinitionDescription, Handoff, WorkflowStatus } from '@baton/core/api';
import type { Watched } from '../../api/use-watch.ts';
import type { Entry } from './timeline.ts';

/** What the parts of a build's page share. */
export interface BuildView {
  readonly status: WorkflowStatus;
  readonly watched: Watched;
  readonly entries: readonly Entry[];
  readonly definition: DefinitionDescription | undefined;
  readonly handoffs: readonly Handoff[];
  readonly artifacts: readonly Artifact[];
  /** The event up to which all artifacts are there; undefined: they are being listed anew. */
  readonly artifactsUpTo: number | undefined;
  readonly artifactsError: Error | undefined;
}
