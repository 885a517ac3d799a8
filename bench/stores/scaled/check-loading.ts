import { newWorkflows } from './new-workflows.ts';
import type { ScaledStore } from './scaled-store.ts';

const COUNT = 500;
const PORTION = 200;

/**
 * Whether what is loaded in bulk is what the store writes: the same workflows both ways, compared row
 * by row or key by key.
 *
 * @returns how many rows or keys that were.
 * @throws with the first one that differs.
 */
export async function checkLoading(scaled: ScaledStore): Promise<number> {
  const [bulk, single] = ['in_bulk', 'one_by_one'];
  const stores = [await scaled.open(bulk), await scaled.open(single)] as const;
  for await (const creates of newWorkflows(COUNT, PORTION)) {
    await scaled.load(bulk, creates);
    for (const commit of creates) await stores[1].create(commit);
  }
  // Behind what the last one left to be done in the background.
  await stores[1].readStats('bench');
  for (const store of stores) await store.close();
  const [loaded, written] = [await scaled.dump(bulk), await scaled.dump(single)];
  for (let i = 0; i < Math.max(loaded.length, written.length); i++) {
    if (loaded[i] === written[i]) continue;
    const [found, expected] = [loaded[i] ?? 'nothing', written[i] ?? 'nothing'];
    throw new Error(
      `${scaled.name}: loading in bulk leaves\n  ${found}\nwhere the store writes\n  ${expected}`,
    );
  }
  if (written.length < COUNT)
    throw new Error(`${scaled.name}: the store wrote only ${written.length} rows`);
  return written.length;
}
