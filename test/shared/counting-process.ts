// Adds one to a document of a store, as often as it is told to, while others do the same.
// argv: the store's URL, how often. Prints a line when it is ready, then waits for one.
import { once } from 'node:events';
import { openStore } from '@baton/adapters/open-store';

const [url = '', times] = process.argv.slice(2);
const { documents, close } = await openStore(url, { warn() {} });
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (let done = 0; done < Number(times); ) {
  const found = await documents.read('counters', 'shared');
  const value = { count: Number(found?.value['count'] ?? 0) + 1 };
  const follows = found?.version ?? 0;
  if (await documents.write({ collection: 'counters', key: 'shared', follows, value })) done++;
}
await close();
process.stdin.destroy();
