import type { Artifact, ArtifactKind, ArtifactMeta, ArtifactRef } from '../model/artifact.ts';

export interface ArtifactQuery {
  readonly workflowId: string;
  readonly state?: string | undefined;
  readonly attempt?: number | undefined;
  readonly kind?: ArtifactKind | undefined;
  /** Numbers greater than this one; 0 for all. */
  readonly after: number;
  /** 1 to 1000. */
  readonly limit: number;
}

/** Bytes `from` (default 0) up to, and without, `to` (default: the end). */
export interface ByteRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** An attempt begins: what it does not build on counts no more. */
export interface SupersededBy {
  readonly state: string;
  readonly epoch: number;
  readonly attempt: number;
  /** The states whose outputs it builds on: their artifacts stay as they are. */
  readonly accepted: readonly string[];
}

/** What may go. A workflow keeps all of its artifacts or loses all of them. */
export interface ArtifactRetention {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Workflows whose newest artifact is at least this old, in milliseconds, lose theirs. */
  readonly afterMs?: number | undefined;
  /** Bytes as stored: beyond them, workflows lose theirs, the oldest first. */
  readonly maxBytes?: number | undefined;
  /** Workflows that keep theirs, the newest first. */
  readonly maxWorkflows?: number | undefined;
  /** The only workflows that may lose theirs. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** How old, in milliseconds, what a crash left behind has to be. Default: an hour. */
  readonly orphansAfterMs?: number | undefined;
  /** Whether to only tell which workflows would lose theirs, and remove nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
}

export interface PrunedArtifacts {
  /** The workflows that lost their artifacts, sorted. */
  readonly workflowIds: readonly string[];
  /** Bytes that they took up. */
  readonly bytes: number;
  /** Pieces of content that no artifact names, as a crash leaves them; 0 with `dryRun`. */
  readonly orphans: number;
}

/**
 * Keeps what attempts said and printed. The content of an artifact is found by its digest within its
 * workflow, is stored compressed, and is bounded: of what is longer, the beginning and the end stay, with a
 * line between them that says how much is missing. The caller leaves secrets out. The contract suite in
 * `@baton/core/testing` checks every sentence of this interface.
 *
 * Every method may fail with a BatonError: `invalid_input`, `unavailable` (retryable) or `data_loss`
 * (something that is stored cannot be read).
 */
export interface ArtifactStore {
  /**
   * Keeps an artifact: once it resolves, it is durable, and before, it is not there. The same content under
   * the same name of the same attempt is the same artifact, however often it is written.
   *
   * @param was whether the content was shortened before, as one that comes from another store.
   * @throws BatonError `limit_exceeded` when the workflow's artifacts would take up more than they may.
   */
  write(
    meta: ArtifactMeta,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    was?: Partial<Pick<ArtifactRef, 'truncated'>>,
  ): Promise<Artifact>;

  /**
   * The content, in pieces. A range that goes beyond the end ends there.
   *
   * @throws BatonError when it is iterated: `not_found`, `data_loss` when it is not what was written.
   */
  read(
    ref: Pick<Artifact, 'workflowId'> & Pick<ArtifactRef, 'digest'>,
    range?: ByteRange,
  ): AsyncIterable<Uint8Array>;

  /** Artifacts by number. Empty for an unknown workflow. */
  list(query: ArtifactQuery): Promise<readonly Artifact[]>;

  /**
   * Marks as superseded: artifacts of lower epochs in states other than the accepted ones, and those of lower
   * attempts in the same epoch and state; also those that are written later. They stay readable.
   */
  supersede(workflowId: string, by: SupersededBy): Promise<void>;

  /** Removes what the retention lets go, and what crashes left behind. */
  prune(retention: ArtifactRetention): Promise<PrunedArtifacts>;

  close(): Promise<void>;
}
