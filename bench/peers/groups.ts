import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createMemoryStore } from '@baton/core';
import pg from 'pg';
import type { Peer } from '../peer-candidate.ts';
import { createPostgresBackend } from '../stores/postgres-backend.ts';
import { createRedisBackend } from '../stores/redis-backend.ts';
import { openBaton } from './baton.ts';
import { openBullMq } from './bullmq.ts';
import { openDbos } from './dbos.ts';
import * as langgraph from './langgraph.ts';
import * as mastra from './mastra.ts';

/** Engines that keep their builds in the same kind of place. The first is Baton. */
interface Group {
  readonly engines: readonly (readonly [name: string, open: (atOnce: number) => Promise<Peer>])[];
  destroy(): Promise<void>;
}

const BATON = 'Baton';

/** Of each pool: the default of Baton, DBOS and pg. With 20 or 64, DBOS and LangGraph make fewer steps. */
const CONNECTIONS = 10;

export async function memory(): Promise<Group> {
  return {
    engines: [
      [BATON, (atOnce) => openBaton({ open: createMemoryStore, clear: async () => {} }, atOnce)],
      ['LangGraph', langgraph.inMemory],
      ['Mastra', mastra.inMemory],
    ],
    destroy: async () => {},
  };
}

/** Each run has a file of its own. */
export async function sqlite(): Promise<Group> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  let files = 0;
  const file = (): string => join(folder, `${files++}.db`);
  const opened = { open: async () => createSqliteStore({ path: file() }), clear: async () => {} };
  return {
    engines: [
      [BATON, (atOnce) => openBaton(opened, atOnce)],
      ['LangGraph', () => langgraph.onSqlite(file())],
      ['Mastra', () => mastra.onLibSql(file())],
    ],
    destroy: async () => rmSync(folder, { recursive: true }),
  };
}

/** Each run of a peer has a database of its own. */
export async function postgres(): Promise<Group> {
  const backend = await createPostgresBackend();
  let databases = 0;
  async function database(): Promise<string> {
    const name = `peer_${databases++}`;
    const client = new pg.Client({ connectionString: backend.url() });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return Object.assign(new URL(backend.url()), { pathname: `/${name}` }).href;
  }
  return {
    engines: [
      [BATON, (atOnce) => openBaton(backend, atOnce)],
      ['DBOS', async () => openDbos(await database(), CONNECTIONS)],
      ['LangGraph', async () => langgraph.onPostgres(await database(), CONNECTIONS)],
    ],
    destroy: backend.destroy,
  };
}

export async function redis(): Promise<Group> {
  const backend = await createRedisBackend();
  return {
    engines: [
      [BATON, (atOnce) => openBaton(backend, atOnce)],
      [
        'BullMQ',
        async (atOnce) => {
          await backend.clear();
          return openBullMq(Number(new URL(backend.url()).port), atOnce);
        },
      ],
    ],
    destroy: backend.destroy,
  };
}
