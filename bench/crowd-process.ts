// The watchers of the crowd benchmark, in a process of their own: told the builds and the keys, it opens its watches,
// says that they are open, and reads what comes.
import { once } from 'node:events';
import { createBatonClient } from '@baton/client';

const [port = '', count = ''] = process.argv.slice(2);
/** As many as a server takes of one connection, by default. */
const A_CONNECTION = 100;

const [{ ids, tokens }] = (await once(process, 'message')) as [
  { readonly ids: readonly string[]; readonly tokens: readonly string[] },
];
const opened: Promise<void>[] = [];
for (let first = 0; first < Number(count); first += A_CONNECTION) {
  // Each call shows the next key: one connection is shared by several callers, as behind a proxy.
  let calls = first;
  const baton = createBatonClient({
    baseUrl: `http://127.0.0.1:${port}`,
    protocol: 'grpc',
    token: () => tokens[calls++ % tokens.length] ?? '',
  });
  for (let watcher = first; watcher < Math.min(first + A_CONNECTION, Number(count)); watcher++) {
    opened.push(watch(baton, ids[watcher % ids.length] ?? ''));
  }
}
await Promise.all(opened);
process.on('disconnect', () => process.exit());
process.send?.('open');

/** Resolves once the first event has come. */
async function watch(
  baton: ReturnType<typeof createBatonClient>,
  workflowId: string,
): Promise<void> {
  const events = baton.watch({ workflowId })[Symbol.asyncIterator]();
  await events.next();
  void (async () => {
    while (!(await events.next()).done);
  })();
}
