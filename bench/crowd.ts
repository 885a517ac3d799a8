// How soon a client is answered on a server that has a crowd: 5,000 watchers with 1,000 API keys between them, and
// 10,000 builds. The client starts builds, advances them and asks for their status, one call after another.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBatonClient } from '@baton/client';
import { percentile } from './compare.ts';
import type { Served } from './grpc-server.ts';
import { PATH } from './path.ts';

const SERVER = fileURLToPath(new URL('grpc-server.ts', import.meta.url));
const WATCHERS = fileURLToPath(new URL('crowd-process.ts', import.meta.url));
const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'memory:' },
    watchers: { type: 'string', default: '5000' },
    builds: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '150' },
  },
});
const STARTERS = 16;

function run(script: string, ...args: readonly string[]): ChildProcess {
  const flags = ['--conditions=baton-source', '--no-warnings'];
  return spawn(process.execPath, [...flags, script, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

const server = run(SERVER, values.store, 'keys');
const [served] = (await once(server, 'message')) as [Served];
const { port, tokens = [] } = served;
const baton = createBatonClient({
  baseUrl: `http://127.0.0.1:${port}`,
  protocol: 'grpc',
  token: tokens[0],
});
let builds = 0;
const start = () =>
  baton.start({
    projectId: 'bench',
    buildId: `b-${builds++}`,
    userId: 'bench',
    requirements: { request: 'Build me a dark mode feature' },
  });
const ids: string[] = [];
const wanted = Number(values.builds);
await Promise.all(
  Array.from({ length: STARTERS }, async () => {
    while (builds < wanted) ids.push((await start()).workflowId);
  }),
);
const crowd = run(WATCHERS, String(port), values.watchers);
crowd.send({ ids, tokens });
await once(crowd, 'message');

const latencies: number[] = [];
async function timed<T>(call: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const answer = await call();
  latencies.push(performance.now() - begun);
  return answer;
}
for (let round = 0; round < Number(values.rounds); round++) {
  const { workflowId } = await timed(start);
  for (const { completedState, role, result } of PATH) {
    await timed(() => baton.advance({ workflowId, completedState, role, result }));
  }
  // One that is watched: its watchers are told.
  await timed(() => baton.status({ workflowId: ids[round % ids.length] ?? workflowId }));
}
const ms = (share: number): string => percentile(latencies, share).toFixed(1);
console.log(
  `${values.store} ${values.watchers} watchers, ${tokens.length} keys, ${wanted} builds: ` +
    `${latencies.length} calls of a client one after another, p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms, most ${ms(1)} ms`,
);
baton.close();
crowd.kill();
server.kill();
process.exit(0);
