import { MAX_DEPTH } from '@baton/core';

/** The largest request that is taken, on every binding. Above it: RESOURCE_EXHAUSTED, or HTTP 413. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** How much of a larger one is read all the same, so that its sender gets a proper answer. */
export const MAX_DISCARDED_BYTES = 4 * MAX_MESSAGE_BYTES;

/** What a request may be made of, its payloads included; core has a limit for each payload. */
export const MESSAGE_LIMITS = { depth: MAX_DEPTH, values: 12_500 } as const;
