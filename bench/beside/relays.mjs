// A relay of ten durable steps, in Baton and in two other engines, each in a database of its own on the
// same PostgreSQL. Each step hands on the same kind of small JSON and is committed before the next begins.
//
//   npm install && npm start -- postgres://postgres@127.0.0.1:5432 [rounds]
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { Annotation, StateGraph } from '@langchain/langgraph';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import pg from 'pg';
import { openStore } from '../../packages/adapters/src/stores/open-store/index.ts';
import { createOrchestrator } from '../../packages/core/src/index.ts';
import { passingOutputs } from '../../packages/core/src/testing/index.ts';

const [, , server, rounds = '5'] = process.argv;
const STEPS = Object.entries(passingOutputs);
const TEN = Array.from({ length: 10 }, (_, index) => STEPS[index % STEPS.length][1]);
const AT_ONCE = 32;
const RELAYS = 160;

const candidates = [await baton(), await dbos(), await langgraph()];
for (const { perform } of candidates) await times(perform, 1, 20); // warm up
const found = new Map(candidates.map(({ name }) => [name, { one: [], many: [] }]));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const { name, perform } of candidates) {
    found.get(name).one.push(await times(perform, 1, 20));
    found.get(name).many.push(await times(perform, AT_ONCE, RELAYS));
  }
}
for (const [name, { one, many }] of found) {
  const alone = one.map((seconds) => (seconds / 20) * 1000);
  const rates = many.map((seconds) => (RELAYS * 10) / seconds);
  console.log(
    `${name}: ${spread(alone, 1)} ms a relay alone; ${spread(rates, 0)} steps a second, ${AT_ONCE} relays at once`,
  );
}
for (const { close } of candidates) await close();
process.exit();

/** Seconds for `count` relays, `atOnce` of them in progress. */
async function times(perform, atOnce, count) {
  let left = count;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await perform();
    }),
  );
  return (performance.now() - startedAt) / 1000;
}

function spread(values, digits) {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)].toFixed(digits);
  return `${at(0.5)} (${at(0)} to ${at(1)})`;
}

async function fresh(name) {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return `${server}/${name}`;
}

/** The ten transitions of the build definition, with its schemas, gates, handoffs and audit trail. */
async function baton() {
  const opened = await openStore(await fresh('beside_baton'));
  const orchestrator = createOrchestrator({ store: opened.store });
  return {
    name: 'Baton',
    close: () => opened.close(),
    async perform() {
      const request = { projectId: 'p', buildId: randomUUID(), userId: 'ada', requirements: {} };
      let { workflowId, state, role } = await orchestrator.start(request);
      while (state !== 'complete') {
        const result = passingOutputs[state];
        const advance = { workflowId, role, completedState: state, ...(result && { result }) };
        ({ state, role } = await orchestrator.advance(advance));
      }
    },
  };
}

async function dbos() {
  DBOS.setConfig({
    name: 'beside',
    systemDatabaseUrl: await fresh('beside_dbos'),
    logLevel: 'error',
  });
  const relay = DBOS.registerWorkflow(
    async () => {
      for (const [index, output] of TEN.entries()) {
        await DBOS.runStep(async () => output, { name: `step ${index}` });
      }
    },
    { name: 'relay' },
  );
  await DBOS.launch();
  return {
    name: 'DBOS',
    close: () => DBOS.shutdown(),
    perform: async () => (await DBOS.startWorkflow(relay)()).getResult(),
  };
}

async function langgraph() {
  const saver = PostgresSaver.fromConnString(await fresh('beside_langgraph'));
  await saver.setup();
  const State = Annotation.Root({ output: Annotation() });
  let graph = new StateGraph(State);
  for (const [index, output] of TEN.entries())
    graph = graph.addNode(`n${index}`, () => ({ output }));
  graph = graph.addEdge('__start__', 'n0').addEdge('n9', '__end__');
  for (let index = 0; index < 9; index += 1) graph = graph.addEdge(`n${index}`, `n${index + 1}`);
  const compiled = graph.compile({ checkpointer: saver });
  return {
    name: 'LangGraph',
    close: () => saver.end(),
    perform: () =>
      // Each checkpoint is written before the next node begins.
      compiled.invoke({}, { configurable: { thread_id: randomUUID() }, durability: 'sync' }),
  };
}
