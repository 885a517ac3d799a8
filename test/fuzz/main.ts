// pnpm fuzz --store memory|sqlite|postgres|redis --seconds 60 --seed N [--requests N]
// pnpm fuzz --store … --replay <what a finding printed>
// Sends valid, nearly valid and wild requests to a server of its own, and tells what it takes ill.
import { parseArgs } from 'node:util';
import { fromReplay, replay } from './replay.ts';
import { run } from './run.ts';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.ts';
import { isStore, openStoreUrl, STORES } from './stores.ts';
import { tell } from './tell.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '1000000000' },
    replay: { type: 'string' },
  },
});
const { store, replay: argument } = values;
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const requests = Number(values.requests);
if (!isStore(store) || !(seconds > 0) || !Number.isInteger(seed) || !(requests > 0)) {
  console.error(
    `usage: pnpm fuzz --store ${STORES.join('|')} [--seconds 60] [--seed N] [--requests N] [--replay R]`,
  );
  process.exit(2);
}

async function fuzz(server: ServerUnderTest): Promise<boolean> {
  console.log(`seed      ${seed}\nstore     ${store}`);
  const begun = performance.now();
  const keepsInMemory = store === 'memory';
  const report = await run({ server, seed, seconds, requests, keepsInMemory });
  console.log(tell(report, store, performance.now() - begun));
  return report.findings.length === 0;
}

async function sendAgain(server: ServerUnderTest, found: string): Promise<boolean> {
  const { answer, fault } = await replay(server, fromReplay(found));
  console.log(`answer    ${answer.outcome}, code ${answer.code}: ${answer.message.slice(0, 2000)}`);
  console.log(`fault     ${server.ended() ? 'the server has ended' : (fault ?? 'none')}`);
  for (const line of server.complaints) console.log(`log       ${line}`);
  return fault === undefined && !server.ended();
}

const opened = await openStoreUrl(store);
try {
  const script = `${import.meta.dirname}/server-process.ts`;
  const server = await startServerUnderTest(script, opened.url);
  try {
    const isWell = argument === undefined ? await fuzz(server) : await sendAgain(server, argument);
    process.exitCode = isWell ? 0 : 1;
  } finally {
    await server.stop();
  }
} finally {
  await opened.destroy();
}
