/** The types that both entries export. */
export type * from '@baton/core/api';
export type { BatonClient, BatonClientOf, WaitOptions } from './baton-client.ts';
export type { ClientOptions } from './client-options.ts';
