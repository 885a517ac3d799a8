import { setTimeout as sleep } from 'node:timers/promises';
import type { Artifact, ArtifactKind, ByteRange } from '@baton/core';
import { type CallerOptions, callerOf } from '../caller.ts';
import { openArtifactSource } from './artifact-source.ts';

/** What {@link listBuildArtifacts} takes. */
export interface BuildArtifactsOptions extends CallerOptions {
  /** Of the workflow or of the build. Default: the build that was begun last. */
  readonly id?: string | undefined;
  /** Root of the git repository that it was begun on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The server to ask, for a workflow by its id. Default: where this machine keeps what it performs. */
  readonly server?: string | undefined;
  /** Only those of this phase. Default: of all. */
  readonly phase?: string | undefined;
  /** Only those of this kind. Default: of all. */
  readonly kind?: ArtifactKind | undefined;
  /** Whether to wait for those to come until the build has ended. Default: false. */
  readonly follow?: boolean | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds between two looks. */
const POLL_MS = 500;
const PAGE = 100;

/**
 * What the attempts at a build said and printed, in the order in which it was kept.
 *
 * @throws BatonError `not_found` for a build that was not begun here, or that the server does not know.
 * @example
 * import { listBuildArtifacts } from '@baton/builds';
 * for await (const { name, kind } of listBuildArtifacts({ workspace: '/srv/shop' })) console.log(kind, name);
 */
export async function* listBuildArtifacts(
  options: BuildArtifactsOptions,
): AsyncGenerator<Artifact> {
  const { phase, kind, follow = false, signal } = options;
  const source = await openArtifactSource(options, callerOf(options));
  const { workflowId } = source;
  try {
    for (let after = 0; ; ) {
      // Asked first: all that an attempt kept is there when the build has ended.
      const isLast = !follow || (await source.hasEnded());
      for (let pageToken: string | undefined; ; ) {
        const page = await source.reading.listArtifacts({
          ...{ workflowId, state: phase, kind, afterNumber: after, pageSize: PAGE, pageToken },
        });
        yield* page.artifacts;
        after = page.artifacts.at(-1)?.number ?? after;
        pageToken = page.nextPageToken;
        if (pageToken === undefined) break;
      }
      if (isLast || signal?.aborted) return;
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await source.close();
  }
}

/**
 * The content of an artifact, in pieces.
 *
 * @throws BatonError when it is iterated: `not_found`, `data_loss` for one that was damaged.
 * @example
 * import { listBuildArtifacts, readBuildArtifact } from '@baton/builds';
 * const workspace = '/srv/shop';
 * for await (const artifact of listBuildArtifacts({ workspace })) {
 *   for await (const piece of readBuildArtifact(artifact, { workspace })) process.stdout.write(piece);
 * }
 */
export async function* readBuildArtifact(
  { workflowId, number }: Pick<Artifact, 'workflowId' | 'number'>,
  options: Pick<BuildArtifactsOptions, 'workspace' | 'server' | 'signal'> &
    CallerOptions &
    ByteRange,
): AsyncGenerator<Uint8Array> {
  const { from, to, signal } = options;
  const source = await openArtifactSource({ ...options, id: workflowId }, callerOf(options));
  try {
    yield* source.reading.readArtifact({ workflowId, number, from, to }, signal);
  } finally {
    await source.close();
  }
}
