/** The largest request that is read, on every binding. Above it: RESOURCE_EXHAUSTED, or HTTP 413. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
