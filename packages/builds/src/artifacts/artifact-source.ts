import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import type { ArtifactReading } from '@baton/core/api';
import { createArtifactReading } from '@baton/core/internal';
import type { Caller } from '../caller.ts';
import { clientOf, connect } from '../operations/connect.ts';
import { hasEnded } from '../run/build-id.ts';
import { findRecord, type RunRecord, recordsOf } from '../run/run-records.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import { openArtifacts } from '../state/open-artifacts.ts';

/** What a build's artifacts are read from. */
export interface ArtifactSource {
  readonly workflowId: string;
  readonly reading: ArtifactReading;
  /** Whether nothing more is to come. */
  hasEnded(): Promise<boolean>;
  close(): Promise<void>;
}

export interface ArtifactSourceOptions {
  readonly id?: string | undefined;
  readonly workspace?: string | undefined;
  readonly server?: string | undefined;
}

/**
 * On a server where one is named, else where this machine keeps them.
 *
 * @throws BatonError `invalid_input` for a server without a workflow; `not_found` for a build that was not begun here.
 */
export function openArtifactSource(
  options: ArtifactSourceOptions,
  caller: Caller,
): Promise<ArtifactSource> {
  const { id, server } = options;
  return server === undefined ? openHere(options, caller) : openAt(server, id);
}

async function openAt(server: string, id: string | undefined): Promise<ArtifactSource> {
  if (id === undefined) {
    const description = 'expected the id of the workflow beside --server, found none';
    throw new BatonError('invalid_input', description, {
      violations: [{ field: 'build', description }],
    });
  }
  const client = await clientOf(server);
  return {
    workflowId: id,
    reading: client,
    hasEnded: async () => hasEnded(await client.status({ workflowId: id })),
    close: async () => client.close(),
  };
}

async function openHere(options: ArtifactSourceOptions, caller: Caller): Promise<ArtifactSource> {
  const workspace = repositoryOf(resolve(caller.cwd, options.workspace ?? '.'));
  const record = chosen(options.id, workspace, caller);
  const { workflowId, server } = record;
  const artifacts = await openArtifacts(workspace, caller, record.artifacts);
  let state: Awaited<ReturnType<typeof connect>> | undefined;
  return {
    workflowId,
    reading: createArtifactReading(artifacts, async () => undefined),
    async hasEnded() {
      state ??= await connect(server === undefined ? { workspace } : { server }, caller);
      return hasEnded(await state.operations.status({ workflowId }));
    },
    async close() {
      await artifacts.close();
      await state?.close();
    },
  };
}

function chosen(id: string | undefined, workspace: string, caller: Caller): RunRecord {
  if (id !== undefined) return findRecord(id, workspace, caller);
  const [record] = recordsOf(workspace, caller);
  if (record !== undefined) return record;
  throw new BatonError('not_found', `no build was begun in ${workspace}`);
}
