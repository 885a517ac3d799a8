export type { SealedRevision, SealMemory } from './file-seal-memory.ts';
export { createFileSealMemory } from './file-seal-memory.ts';
export { openSealKey, type SealKey } from './seal-key.ts';
export { createSealedStore, type SealedStore, type SealedStoreOptions } from './sealed-store.ts';
