import { type Client, createClient } from '@libsql/client';
import { Mastra } from '@mastra/core/mastra';
import { InMemoryStore, type MastraCompositeStore } from '@mastra/core/storage';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { LibSQLStore, type SqliteClient } from '@mastra/libsql';
import { z } from 'zod';
import { REQUIREMENTS } from '../path.ts';
import { OUTPUTS, type Peer } from '../peer-candidate.ts';

export const inMemory = async (): Promise<Peer> => openMastra(new InMemoryStore(), async () => {});

/** A client with one connection: the store sets `synchronous = NORMAL`, and FULL comes after it. */
export async function onLibSql(file: string): Promise<Peer> {
  const client = createClient({ url: `file:${file}`, concurrency: 1 }) as Client & SqliteClient;
  const store = new LibSQLStore({ id: 'bench', client });
  await store.init();
  await client.execute('PRAGMA synchronous = FULL');
  await client.execute('PRAGMA wal_autocheckpoint = 8000');
  return openMastra(store, async () => {
    const { rows } = await client.execute('PRAGMA synchronous');
    await store.close();
    if (rows[0]?.['synchronous'] === FULL) return;
    throw new Error(`LibSQL ran with synchronous=${rows[0]?.['synchronous']}; expected ${FULL}`);
  });
}

const FULL = 2;

/**
 * A workflow with a step for each output. Mastra stores a snapshot before every step and after it; without
 * those before, which `shouldPersistSnapshot` can leave out, `restart` performs all steps again.
 */
function openMastra(storage: MastraCompositeStore, close: () => Promise<void>): Peer {
  const schemas = { inputSchema: z.any(), outputSchema: z.any() };
  const workflow = createWorkflow({ id: 'build', ...schemas, options: { validateInputs: false } });
  for (const { state, output } of OUTPUTS) {
    workflow.then(createStep({ id: state, ...schemas, execute: async () => output }));
  }
  workflow.commit();
  new Mastra({ storage, workflows: { build: workflow }, logger: false });
  return {
    async build() {
      const run = await workflow.createRun();
      const { status } = await run.start({ inputData: REQUIREMENTS });
      if (status !== 'success') throw new Error(`Mastra ended a build as '${status}'`);
      return run.runId;
    },
    async stored(id) {
      const found = await workflow.getWorkflowRunById(id, { fields: ['steps'] });
      return OUTPUTS.map(({ state }) => {
        const step = found?.steps?.[state];
        return step !== undefined && 'output' in step ? step.output : undefined;
      });
    },
    close,
  };
}
