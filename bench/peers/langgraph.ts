import { Annotation, END, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import Database from 'better-sqlite3';
import pg from 'pg';
import { REQUIREMENTS } from '../path.ts';
import { OUTPUTS, type Peer } from '../peer-candidate.ts';

export const inMemory = async (): Promise<Peer> => openLangGraph(new MemorySaver(), () => {});

/** The saver's own connection would sync with checkpoints of the WAL only. */
export async function onSqlite(file: string): Promise<Peer> {
  const database = new Database(file);
  const saver = new SqliteSaver(database);
  await saver.getTuple({ configurable: { thread_id: 'sets the tables up' } });
  database.pragma('synchronous = FULL');
  database.pragma('wal_autocheckpoint = 8000');
  return openLangGraph(saver, () => void database.close());
}

/** @param connections of its pool. */
export async function onPostgres(url: string, connections: number): Promise<Peer> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const saver = new PostgresSaver(pool);
  await saver.setup();
  return openLangGraph(saver, () => pool.end());
}

/** A graph with a node for each step, and a channel of the state for each output. */
function openLangGraph(checkpointer: BaseCheckpointSaver, close: () => void | Promise<void>): Peer {
  const channels = OUTPUTS.map(({ state }) => [state, Annotation<unknown>()] as const);
  const State = Annotation.Root({ request: Annotation<string>(), ...Object.fromEntries(channels) });
  const nodes = OUTPUTS.map(
    ({ state, output }) => [`perform_${state}`, async () => ({ [state]: output })] as const,
  );
  const graph = new StateGraph(State)
    .addSequence(Object.fromEntries(nodes))
    .addEdge(START, nodes[0]?.[0] ?? END);
  const compiled = graph.compile({ checkpointer });
  let builds = 0;
  return {
    async build() {
      const id = `build-${builds++}`;
      // Every checkpoint is written before the next node begins.
      await compiled.invoke(REQUIREMENTS, {
        configurable: { thread_id: id },
        durability: 'sync',
      });
      return id;
    },
    async stored(id) {
      const { values } = await compiled.getState({ configurable: { thread_id: id } });
      return OUTPUTS.map(({ state }) => values[state]);
    },
    close: async () => close(),
  };
}
