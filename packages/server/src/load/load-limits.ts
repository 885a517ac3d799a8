import { BatonError } from '@baton/core';

/** What connections and callers may make a server hold at once, and for how long. */
export interface LoadLimits {
  /** Open connections, each port by itself. Above: closed with a reason. Default 5000. */
  readonly connections?: number | undefined;
  /** Open connections of one address, each port by itself. Default 1000. */
  readonly connectionsPerAddress?: number | undefined;
  /** Requests that are worked on or wait, of all connections of a port, watches aside. Default 4000. */
  readonly requests?: number | undefined;
  /** Requests of one connection that are worked on at once; the others wait their turn. Default 32. */
  readonly requestsPerConnection?: number | undefined;
  /** Open requests of one connection, watches included: HTTP/2 streams, or pipelined. Default 128. */
  readonly streamsPerConnection?: number | undefined;
  /** Watches and other long-lived streams, each port by itself. Default 5000. */
  readonly watches?: number | undefined;
  /** Those of one connection. Default 100. */
  readonly watchesPerConnection?: number | undefined;
  /**
   * Bytes of unfinished requests and of replies that callers have not read, each port by itself. Above,
   * the connection with the most is closed. Default 64 MiB.
   */
  readonly heldBytes?: number | undefined;
  /** Seconds that a connection without a request stays open. Default 300. */
  readonly idleSeconds?: number | undefined;
  /** Seconds for a request to arrive, its headers and its body. Default 30. */
  readonly requestSeconds?: number | undefined;
  /**
   * Seconds for a reply, or a message of a stream, to be read, and one more for every 64 KiB of it.
   * Default 60.
   */
  readonly replySeconds?: number | undefined;
}

/** Every limit, resolved. */
export type ResolvedLimits = { readonly [K in keyof LoadLimits]-?: number };

interface Bounds {
  /** In a few words, for lists of settings. */
  readonly means: string;
  readonly byDefault: number;
  readonly most: number;
}

/** Each limit is a whole number, at least 1. */
export const LOAD_LIMITS = {
  connections: { byDefault: 5000, most: 1_000_000, means: 'Open connections of a port' },
  connectionsPerAddress: {
    byDefault: 1000,
    most: 1_000_000,
    means: 'Open connections of one address',
  },
  requests: {
    byDefault: 4000,
    most: 1_000_000,
    means: 'Requests of a port that are worked on or wait',
  },
  requestsPerConnection: {
    byDefault: 32,
    most: 10_000,
    means: 'Requests of a connection that are worked on at once',
  },
  streamsPerConnection: { byDefault: 128, most: 10_000, means: 'Open requests of a connection' },
  watches: { byDefault: 5000, most: 1_000_000, means: 'Watches of a port' },
  watchesPerConnection: { byDefault: 100, most: 10_000, means: 'Watches of a connection' },
  heldBytes: {
    byDefault: 64 * 1024 * 1024,
    most: 64 * 1024 ** 3,
    means: 'Bytes of requests and replies that a port holds',
  },
  idleSeconds: {
    byDefault: 300,
    most: 86_400,
    means: 'Seconds that a connection without a request stays open',
  },
  requestSeconds: { byDefault: 30, most: 86_400, means: 'Seconds for a request to arrive' },
  replySeconds: { byDefault: 60, most: 86_400, means: 'Seconds for a reply to be read' },
} as const satisfies Record<keyof LoadLimits, Bounds>;

/** @throws BatonError `invalid_input` for a limit that is out of range. */
export function resolveLimits(limits: LoadLimits): ResolvedLimits {
  const resolved = Object.entries(LOAD_LIMITS).map(([name, { byDefault, most }]) => {
    const found = limits[name as keyof LoadLimits] ?? byDefault;
    if (Number.isInteger(found) && found >= 1 && found <= most) return [name, found];
    const field = `limits.${name}`;
    const description = `expected a whole number, 1 to ${most}, found ${found}`;
    throw new BatonError('invalid_input', `${field}: ${description}`, {
      violations: [{ field, description }],
    });
  });
  return Object.fromEntries(resolved) as unknown as ResolvedLimits;
}
