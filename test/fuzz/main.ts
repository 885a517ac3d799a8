// pnpm fuzz --store memory|sqlite|postgres|redis --seconds 60 --seed N [--requests N]
// Sends valid, nearly valid and wild requests to a server of its own, and tells what it takes ill.
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { startServerUnderTest } from './server-under-test.ts';
import { isStore, openStoreUrl, STORES } from './stores.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '1000000000' },
  },
});
const { store } = values;
const [seconds, seed, requests] = [values.seconds, values.seed, values.requests].map(Number) as [
  number,
  number,
  number,
];
if (!isStore(store) || !(seconds > 0) || !Number.isInteger(seed) || !(requests > 0)) {
  console.error(
    `usage: pnpm fuzz --store ${STORES.join('|')} [--seconds 60] [--seed N] [--requests N]`,
  );
  process.exit(2);
}

console.log(`seed      ${seed}\nstore     ${store}`);
const opened = await openStoreUrl(store);
try {
  const script = `${import.meta.dirname}/server-process.ts`;
  const server = await startServerUnderTest(script, opened.url);
  try {
    const {
      requests: sent,
      codes,
      findings,
      health,
    } = await run({ server, seed, seconds, requests, keepsInMemory: store === 'memory' });
    console.log(`requests  ${sent}\ncodes     ${JSON.stringify(codes)}`);
    const mib = health.map(({ heapUsed }) => (heapUsed / 2 ** 20).toFixed(0));
    console.log(`heap MiB  first ${mib[0]}, middle ${mib[mib.length >> 1]}, last ${mib.at(-1)}`);
    console.log(
      `stall ms  ${Math.max(...health.map(({ stalledMs }) => stalledMs)).toFixed(0)} at most`,
    );
    for (const { what, request } of findings) {
      console.log(
        `FOUND     ${what.slice(0, 600)}\n          ${JSON.stringify(request)?.slice(0, 1500)}`,
      );
    }
    process.exitCode = findings.length === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
} finally {
  await opened.destroy();
}
