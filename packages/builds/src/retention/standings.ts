import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildStanding } from '@baton/adapters/workspace';
import { BatonError, type WorkflowStatus } from '@baton/core';
import { type Connection, connectToServer } from '../operations/connect.ts';
import { createRunRecords } from '../run/run-records.ts';
import { batonFolder } from '../state/baton-folder.ts';
import { type Embedded, openEmbedded } from '../state/open-embedded.ts';

/** How the builds of a workspace stand. */
export interface Standings {
  /** Never rejects: of a build that cannot be asked about it says so, as of an open one. */
  of(workflowId: string): Promise<BuildStanding>;
  close(): Promise<void>;
}

/** A server that takes longer counts as away. Where no caller waits for the answer, a signal ends the wait earlier. */
const SERVER_MS = 30_000;

/**
 * Asks the database of a workspace, and the servers that its builds are on, once one is needed.
 *
 * @param signal ends the waiting for servers early.
 */
export function createStandings(
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Standings {
  const { database, runs } = batonFolder(workspace, env);
  const records = existsSync(runs) ? createRunRecords(runs).all() : [];
  const serverOf = new Map(records.map(({ workflowId, server }) => [workflowId, server]));
  const connections = new Map<string, Promise<Connection>>();
  const away = new Map<string, string>();
  let embedded: Promise<Embedded> | undefined;

  async function here(workflowId: string): Promise<BuildStanding> {
    if (!existsSync(database)) return { kind: 'unknown' };
    embedded ??= openEmbedded({ workspace, create: false, env });
    const loaded = await (await embedded).store.load(workflowId);
    if (loaded === undefined) return { kind: 'unknown' };
    const { completedAt, state, checkpoint } = loaded.snapshot;
    return standing({ completedAt, state }, checkpoint?.commit);
  }

  async function at(server: string, workflowId: string): Promise<BuildStanding> {
    const known = away.get(server);
    if (known !== undefined) return { kind: 'open', why: known };
    const connection = connections.get(server) ?? connectToServer(server, env);
    connections.set(server, connection);
    const asking = connection.then(({ operations }) => operations.status({ workflowId }));
    const late = new AbortController();
    try {
      const status = await Promise.race([
        asking,
        sleep(SERVER_MS, undefined, {
          signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
        }),
      ]);
      if (status !== undefined) return standing(status, undefined);
    } catch (reason) {
      const { code } = BatonError.from(reason);
      if (code === 'not_found') return { kind: 'unknown' };
    } finally {
      late.abort();
      asking.catch(() => undefined);
    }
    away.set(server, `its server ${server} cannot be asked`);
    return at(server, workflowId);
  }

  return {
    async of(workflowId) {
      const server = serverOf.get(workflowId);
      if (server !== undefined) return at(server, workflowId);
      try {
        return await here(workflowId);
      } catch (reason) {
        const { message } = BatonError.from(reason);
        return { kind: 'open', why: `the database cannot be asked: ${message}` };
      }
    },
    async close() {
      await (await embedded?.catch(() => undefined))?.close();
      for (const connection of connections.values()) {
        await (await connection.catch(() => undefined))?.close();
      }
    },
  };
}

function standing(
  { completedAt, state }: Pick<WorkflowStatus, 'completedAt' | 'state'>,
  checkpoint: string | undefined,
): BuildStanding {
  if (completedAt !== undefined) return { kind: 'complete', at: completedAt, checkpoint };
  return { kind: 'open', why: state === 'error' ? 'it waits in error' : `it is in ${state}` };
}
