// How long it takes from the commit that hands over to the perform of the next role: in this process, and in
// another one that is told by the store's dispatcher. Builds come one at a time.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openStore } from '@baton/adapters/open-store';
import { createMemoryStore, createOrchestrator, createRunner, type RoleAdapter } from '@baton/core';
import { percentile } from './compare.ts';
import { startWorkflows } from './path.ts';
import { createPostgresBackend } from './stores/postgres-backend.ts';
import { createRedisBackend } from './stores/redis-backend.ts';

const PERFORMER = fileURLToPath(new URL('performing-process.ts', import.meta.url));
const { values } = parseArgs({ options: { builds: { type: 'string', default: '300' } } });
const builds = Number(values.builds);

/** Microseconds on a clock that all processes of this machine share. */
const now = (): number => Number(process.hrtime.bigint() / 1000n);

function print(name: string, microseconds: readonly number[]): void {
  const ms = (share: number): string => (percentile(microseconds, share) / 1000).toFixed(2);
  console.log(`${name.padEnd(44)} p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms, ${builds} handovers`);
}

async function inProcess(): Promise<void> {
  let committedAt = 0;
  let performed = (): void => undefined;
  const found: number[] = [];
  const asker: RoleAdapter = {
    role: 'q_assistant',
    async perform() {
      found.push(now() - committedAt);
      performed();
      return { kind: 'fail', reason: 'measured' };
    },
  };
  const baton = createOrchestrator({
    store: await createMemoryStore(),
    listeners: [
      {
        onCommitted({ revision }) {
          if (revision === 1) committedAt = now();
        },
      },
    ],
  });
  const runner = createRunner({ source: baton, roles: [asker] });
  void runner.run();
  for (let build = 0; build < builds; build++) {
    const over = new Promise<void>((resolve) => {
      performed = resolve;
    });
    await startWorkflows(baton, 1);
    await over;
  }
  await runner.stop();
  print('memory, in process', found);
}

async function betweenProcesses(name: string, url: string): Promise<void> {
  const { store, dispatcher, close } = await openStore(url);
  let committedAt = 0;
  const baton = createOrchestrator({
    store,
    dispatcher,
    listeners: [
      {
        onCommitted({ revision }) {
          if (revision === 1) committedAt = now();
        },
      },
    ],
  });
  const performer: ChildProcess = spawn(
    process.execPath,
    ['--conditions=baton-source', '--no-warnings', PERFORMER, url],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  await once(performer, 'message');
  const found: number[] = [];
  for (let build = 0; build < builds; build++) {
    const performed = once(performer, 'message');
    await startWorkflows(baton, 1);
    const [performedAt] = await performed;
    found.push(performedAt - committedAt);
  }
  performer.kill();
  await close();
  print(`${name}, between two processes`, found);
}

await inProcess();
for (const [name, create] of [
  ['Redis', createRedisBackend],
  ['PostgreSQL', createPostgresBackend],
] as const) {
  const backend = await create();
  try {
    await betweenProcesses(name, backend.url());
  } finally {
    await backend.destroy();
  }
}
process.exit(0);
