import { MAX_DISCARDED_BYTES } from '../limits.ts';
import { type Connection, type Exchange, unsentOf } from './connection.ts';
import type { Connections } from './connections.ts';
import type { ResolvedLimits } from './load-limits.ts';
import type { Shed } from './shed.ts';

/** How often connections are looked at. What they hold can pass its limit by what comes in between. */
const SWEEP_MS = 100;
/** A reply may take a second for each of these, beside what all have. */
export const SLOWEST_BYTES_A_SECOND = 64 * 1024;
/** Requests of a connection in a second that it may take back, or that may be refused. */
const MOST_FUTILE = 100;

/**
 * Ends what takes too long or holds too much: requests that don't arrive, replies that are not read,
 * connections without a request, and of those that hold more than all may the one with the most.
 */
export function startSweep(
  connections: Connections,
  limits: ResolvedLimits,
  shed: Shed,
): { stop(): void } {
  let sweeps = 0;
  const close = (connection: Connection, reason: string, status?: 408 | 503) => {
    if (connection.refused !== undefined) return;
    connection.refused = reason;
    if (status !== undefined) shed.count(reason, connection.address);
    connections.close(connection, reason, status);
  };
  const sweep = () => {
    const now = performance.now();
    const isSecond = ++sweeps % (1000 / SWEEP_MS) === 0;
    let held = 0;
    const holders: { connection: Connection; bytes: number }[] = [];
    for (const connection of connections.all.values()) {
      for (const exchange of [...connection.exchanges]) {
        const reason = overdue(exchange, now, limits);
        if (reason === undefined) continue;
        shed.count(reason, connection.address);
        exchange.cut(reason);
      }
      if (isSecond) connection.futile = 0;
      endIfQuiet(connection, now);
      connection.isCrowding = false;
      const bytes = heldBy(connection);
      if (bytes === 0) continue;
      held += bytes;
      holders.push({ connection, bytes });
    }
    if (held > limits.heldBytes / 2) {
      for (const { connection } of holders) connection.isCrowding = unsentOf(connection) > 0;
    }
    if (held > limits.heldBytes) {
      holders.sort((one, other) => other.bytes - one.bytes);
      for (const { connection, bytes } of holders) {
        if (held <= limits.heldBytes) break;
        const most = `the server holds ${limits.heldBytes} bytes, its limit`;
        close(connection, `${most}, and the most for this connection`, 503);
        held -= bytes;
      }
    }
    if (isSecond) shed.flush();
  };
  const endIfQuiet = (connection: Connection, now: number) => {
    if (connection.exchanges.size > 0) return;
    const quietMs = now - connection.quietSince;
    if (!connection.hasAsked && connection.session === undefined) {
      // Node's own time for headers begins with the first of them, and with TLS there is none.
      if (quietMs > limits.requestSeconds * 1000) {
        close(connection, `no request came within ${limits.requestSeconds} s`, 408);
      }
    } else if (quietMs > limits.idleSeconds * 1000) {
      close(connection, `no request came for ${limits.idleSeconds} s`);
    }
  };
  const timer = setInterval(sweep, SWEEP_MS).unref();
  return {
    stop() {
      clearInterval(timer);
      shed.flush();
    },
  };
}

/** Why a connection has to end that has asked for nothing once more; undefined as long as it may stay. */
export function futileTooOften(connection: Connection): string | undefined {
  connection.futile += 1;
  if (connection.futile <= MOST_FUTILE) return undefined;
  return `more than ${MOST_FUTILE} requests a second were taken back or refused`;
}

/** Why an exchange has to end. */
function overdue(exchange: Exchange, now: number, limits: ResolvedLimits): string | undefined {
  if (exchange.begunAt === undefined) return undefined;
  if (exchange.isArriving() && now - exchange.begunAt > limits.requestSeconds * 1000) {
    return `the request was not whole within ${limits.requestSeconds} s`;
  }
  const unsent = exchange.unsent();
  const writes = exchange.writes();
  const { seen } = exchange;
  if (unsent === 0 || seen === undefined || unsent < seen.unsent || writes > seen.writes) {
    exchange.seen = { unsent, writes, at: now };
    return undefined;
  }
  const waitedMs = now - seen.at;
  const allowedMs = limits.replySeconds * 1000 + (unsent / SLOWEST_BYTES_A_SECOND) * 1000;
  if (waitedMs <= allowedMs) return undefined;
  return `the reply was not read within ${Math.round(allowedMs / 1000)} s`;
}

/** Unsent replies, and what has come since the first request began that is not whole. */
function heldBy(connection: Connection): number {
  let arriving = 0;
  let since = Number.POSITIVE_INFINITY;
  for (const exchange of connection.exchanges) {
    if (exchange.begunAt === undefined || !exchange.isArriving()) continue;
    arriving += 1;
    since = Math.min(since, exchange.bytesAtBegin);
  }
  if (arriving === 0) return unsentOf(connection);
  const received = connection.socket.bytesRead - since;
  return unsentOf(connection) + Math.min(received, arriving * MAX_DISCARDED_BYTES);
}
