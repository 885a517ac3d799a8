import type { Artifact, ArtifactQuery, SupersededBy } from '@baton/core';
import type { Packing } from './packing.ts';

/** An artifact as it is stored: whether it is superseded is told when it is read. */
export type StoredArtifact = Omit<Artifact, 'superseded'>;

export interface NewArtifact extends Omit<StoredArtifact, 'number'> {
  /** Equal for artifacts that are the same one. */
  readonly identity: string;
}

/** What the artifacts of one workflow take up. */
export interface WorkflowArtifacts {
  readonly workflowId: string;
  /** When the newest was made, in milliseconds since the Unix epoch. */
  readonly newestAt: number;
  /** Of content, each counted once. */
  readonly bytes: number;
}

/** What a kind of store does for itself; the rest is the same for all. What comes in is valid. */
export interface ArtifactBackend {
  /** Limits and errors name it: `the folder /srv/artifacts`. */
  readonly name: string;
  readonly packing: Packing;
  /**
   * Keeps the content and the artifact under the next number, durably and at once; one that is there is
   * answered as it is.
   *
   * @param content as its packing compressed it.
   * @param room bytes that the content of the workflow may take up.
   * @returns undefined when there is no room: nothing was kept.
   */
  keep(
    artifact: NewArtifact,
    content: Uint8Array,
    room: number,
  ): Promise<StoredArtifact | undefined>;
  list(query: ArtifactQuery): Promise<readonly StoredArtifact[]>;
  mark(workflowId: string, by: SupersededBy): Promise<void>;
  marks(workflowId: string): Promise<readonly SupersededBy[]>;
  workflows(): Promise<readonly WorkflowArtifacts[]>;
  /** Removes all of a workflow's artifacts and marks. */
  remove(workflowId: string): Promise<void>;
  /** Removes content that no artifact names and that was written before that time; answers how many. */
  removeOrphans(before: number): Promise<number>;
  /** What it or its driver threw, as a BatonError. */
  explain(reason: unknown): Error;
  close(): Promise<void>;
}
