export { type MigrateStoreOptions, type Migration, migrateStore } from './migrate-store.ts';
export type { OpenStoreOptions } from './open-store.ts';
export { type OpenedStore, openStore } from './open-store.ts';
export { describeStoreUrl, parseStoreUrl, STORE_URL_FORMS, type StoreUrl } from './store-url.ts';
