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
import { openArtifactsOf } from './open-artifacts-of.ts';

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
  return server === undefined ? openHere(options, caller) : openAt(server, id, caller);
}

async function openAt(
  server: string,
  id: string | undefined,
  { env }: Caller,
): Promise<ArtifactSource> {
  if (id === undefined) {
    const description = 'expected the id of the workflow beside --server, found none';
    throw new BatonError('invalid_input', description, {
      violations: [{ field: 'build', description }],
    });
  }
  const client = await clientOf(server, env);
  return {
    workflowId: id,
    reading: client,
    hasEnded: async () => hasEnded(await client.status({ workflowId: id })),
    close: async () => client.close(),
  };
}

async function openHere(options: ArtifactSourceOptions, caller: Caller): Promise<ArtifactSource> {
  const workspace = repositoryOf(resolve(caller.cwd, options.workspace ?? '.'));
  const { workflowId, record } = await chosen(options.id, workspace, caller);
  const artifacts =
    record === undefined
      ? await openArtifactsOf(workflowId, workspace, caller)
      : await openArtifacts(workspace, caller, record.artifacts);
  const server = record?.server;
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

interface Chosen {
  readonly workflowId: string;
  /** Absent for one that was imported: it was not run here. */
  readonly record?: RunRecord;
}

async function chosen(id: string | undefined, workspace: string, caller: Caller): Promise<Chosen> {
  if (id === undefined) {
    const [record] = recordsOf(workspace, caller);
    if (record !== undefined) return { workflowId: record.workflowId, record };
    throw new BatonError('not_found', `no build was begun in ${workspace}`);
  }
  try {
    const record = findRecord(id, workspace, caller);
    return { workflowId: record.workflowId, record };
  } catch (reason) {
    if (await isKnown(id, workspace, caller)) return { workflowId: id };
    throw reason;
  }
}

async function isKnown(workflowId: string, workspace: string, caller: Caller): Promise<boolean> {
  try {
    const { operations, close } = await connect({ workspace }, caller);
    await operations.status({ workflowId }).finally(close);
    return true;
  } catch (reason) {
    if (BatonError.from(reason).code === 'not_found') return false;
    throw reason;
  }
}
