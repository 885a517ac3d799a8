export { createFileSealMemory } from './file-seal-memory.ts';
export { openSealKey, type SealKey } from './seal-key.ts';
export type { SealedRevision, SealMemory } from './seal-memory.ts';
export { createSealedStore, type SealedStore, type SealedStoreOptions } from './sealed-store.ts';
