import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Artifact,
  type ArtifactKind,
  type ArtifactStore,
  BatonError,
  type ByteRange,
} from '@baton/core';
import { type Caller, type CallerOptions, callerOf } from '../caller.ts';
import { connect } from '../operations/connect.ts';
import { hasEnded } from '../run/build-id.ts';
import { findRecord, type RunRecord, recordsOf } from '../run/run-records.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import { openArtifacts } from '../state/open-artifacts.ts';

/** What {@link listBuildArtifacts} takes. */
export interface BuildArtifactsOptions extends CallerOptions {
  /** Of the workflow or of the build. Default: the build that was begun last. */
  readonly id?: string | undefined;
  /** Root of the git repository that it was begun on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
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
 * What the attempts at a build said and printed, in the order in which it was kept on this machine.
 *
 * @throws BatonError `not_found` for a build that was not begun here.
 * @example
 * import { listBuildArtifacts } from '@baton/builds';
 * for await (const { name, kind } of listBuildArtifacts({ workspace: '/srv/shop' })) console.log(kind, name);
 */
export async function* listBuildArtifacts(
  options: BuildArtifactsOptions,
): AsyncGenerator<Artifact> {
  const caller = callerOf(options);
  const { phase, kind, follow = false, signal } = options;
  const { record, workspace } = chosen(options, caller);
  const { workflowId } = record;
  const artifacts = await openArtifacts(workspace, caller.env);
  const ended = follow ? await endOf(record, workspace, caller) : undefined;
  try {
    for (let after = 0; ; ) {
      // Asked first: all that an attempt kept is there when the build has ended.
      const isLast = (await ended?.isOver()) ?? true;
      for (;;) {
        const page = await artifacts.list({ workflowId, state: phase, kind, after, limit: PAGE });
        yield* page;
        after = page.at(-1)?.number ?? after;
        if (page.length < PAGE) break;
      }
      if (isLast || signal?.aborted) return;
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await artifacts.close();
    await ended?.close();
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
  artifact: Pick<Artifact, 'workflowId' | 'digest'>,
  options: Pick<BuildArtifactsOptions, 'workspace'> & CallerOptions & ByteRange,
): AsyncGenerator<Uint8Array> {
  const caller = callerOf(options);
  const workspace = workspaceOf(options, caller);
  const artifacts: ArtifactStore = await openArtifacts(workspace, caller.env);
  try {
    yield* artifacts.read(artifact, { from: options.from, to: options.to });
  } finally {
    await artifacts.close();
  }
}

function workspaceOf(options: Pick<BuildArtifactsOptions, 'workspace'>, { cwd }: Caller): string {
  return repositoryOf(resolve(cwd, options.workspace ?? '.'));
}

function chosen(options: BuildArtifactsOptions, caller: Caller) {
  const workspace = workspaceOf(options, caller);
  if (options.id !== undefined)
    return { workspace, record: findRecord(options.id, workspace, caller) };
  const [record] = recordsOf(workspace, caller);
  if (record === undefined) {
    throw new BatonError('not_found', `no build was begun in ${workspace}`);
  }
  return { workspace, record };
}

/** Tells when nothing more is to come of a build. */
async function endOf({ server, workflowId }: RunRecord, workspace: string, caller: Caller) {
  const where = server === undefined ? { workspace } : { server };
  const { operations, close } = await connect(where, caller);
  return { isOver: async () => hasEnded(await operations.status({ workflowId })), close };
}
