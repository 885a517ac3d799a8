import { MAX_DEPTH } from '@baton/core/internal';

/** The largest request that is taken, on every binding. Above it: RESOURCE_EXHAUSTED, or HTTP 413. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** How much of a larger one is read all the same, so that its sender gets a proper answer. */
export const MAX_DISCARDED_BYTES = 4 * MAX_MESSAGE_BYTES;

/**
 * The headers of a request over HTTP/2: as many as fit into the 64 KiB that callers are told of, where
 * each counts 32 bytes more than it has.
 */
export const MAX_HEADER_PAIRS = 2048;

/** What a request may be made of, its payloads included; core has a limit for each payload. */
export const MESSAGE_LIMITS = { depth: MAX_DEPTH, values: 12_500 } as const;

/** What one HTTP/2 connection may make Node hold beside what we count ourselves, in megabytes. */
export const MAX_SESSION_MEGABYTES = 64;

/**
 * Streams above what HTTP/2 clients are told that Node refuses before it ends the connection without a
 * reason. Each refusal has one, and costs next to nothing.
 */
export const MAX_REJECTED_STREAMS = 2 ** 32 - 1;

/**
 * On streams: seconds after which a quiet one sends a heartbeat. A client that has heard nothing for a few of
 * them knows that the connection is dead.
 */
export const HEARTBEAT_HEADER = 'baton-heartbeat-seconds';

export function heartbeatSeconds(heartbeatMs: number): string {
  return String(heartbeatMs / 1000);
}
