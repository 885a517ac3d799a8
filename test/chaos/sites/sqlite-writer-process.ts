// Runs clients on a SQLite file until stdin ends. It reports each call to its parent process before it
// makes the call. After a kill, the parent therefore knows the calls whose outcome is unknown.
// argv: the task, as JSON.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { runFleet, seatsOver } from '../fleet.ts';
import { createRandom } from '../random.ts';
import { tick } from '../tick.ts';

const { path, name, workflows, seed } = JSON.parse(process.argv[2] ?? '');
const stores = [await createSqliteStore({ path }), await createSqliteStore({ path })];
let over = false;
process.stdin.on('end', () => {
  over = true;
});
process.stdin.resume();

await runFleet({
  clients: 2,
  name,
  random: createRandom(seed),
  seats: seatsOver(stores),
  workflows,
  record: (call) => void writeSync(1, `${JSON.stringify(call)}\n`),
  tick,
  isOver: () => over,
  rest: () => sleep(15),
});
for (const store of stores) await store.close();
