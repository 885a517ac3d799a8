import { describeStoreContract } from '../testing/index.ts';
import { createMemoryStore } from './memory-store.ts';

describeStoreContract('the memory store', async () => {
  const store = await createMemoryStore();
  return { store, another: async () => store, destroy: () => store.close() };
});
