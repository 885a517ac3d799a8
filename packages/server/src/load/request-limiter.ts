import { type Connection, type Exchange, isGone } from './connection.ts';
import type { ResolvedLimits } from './load-limits.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Decides which requests are begun, wait, or are refused.
 *
 * 1. An exchange is in `connection.exchanges` from its arrival to its close, and in `connection.waiting`
 *    until it is begun. What waits is not read: HTTP's flow control holds its body back.
 * 2. A connection works on at most `requestsPerConnection`, streams aside, until their replies have left; over
 *    HTTP/1.1 on one.
 * 3. What is begun is begun at the server's pace, and not on a connection that is gone.
 * 4. When all of a port have too much, the connection with the most that waits loses its latest.
 */
export interface RequestLimiter {
  enter(exchange: Exchange): void;
  /** The exchange has closed, from either side. */
  leave(exchange: Exchange): void;
}

export function createRequestLimiter(
  limits: ResolvedLimits,
  connections: ReadonlyMap<string, Connection>,
  scheduler: Scheduler,
  refuse: (exchange: Exchange, reason: string) => void,
): RequestLimiter {
  let requests = 0;
  let streams = 0;
  const refusal = ({ connection, isStream }: Exchange): string | undefined => {
    const { exchanges } = connection;
    if (exchanges.size >= limits.streamsPerConnection) {
      return `a connection may have ${limits.streamsPerConnection} open requests`;
    }
    if (!isStream) return undefined;
    if (streams >= limits.watches)
      return `the server has ${limits.watches} open streams, its limit`;
    const ofConnection = [...exchanges].filter((other) => other.isStream).length;
    if (ofConnection < limits.watchesPerConnection) return undefined;
    return `a connection may have ${limits.watchesPerConnection} open streams; open another one`;
  };
  const shedLongest = (connection: Connection): boolean => {
    let longest = connection;
    for (const other of connections.values()) {
      if (other.waiting.length > longest.waiting.length) longest = other;
    }
    const last = longest === connection ? undefined : longest.waiting.at(-1);
    if (last === undefined) return false;
    leave(last);
    refuse(last, tooMany);
    return true;
  };
  const tooMany = `the server has ${limits.requests} requests under way, its limit`;
  const begin = (exchange: Exchange) => {
    exchange.begunAt = performance.now();
    exchange.bytesAtBegin = exchange.connection.socket.bytesRead;
    exchange.begin();
  };
  const beginNext = (connection: Connection) => {
    connection.starting -= 1;
    const exchange = isGone(connection) ? undefined : connection.waiting.shift();
    if (exchange === undefined) return;
    connection.underWay += 1;
    exchange.isUnderWay = true;
    begin(exchange);
  };
  const beginStream = (exchange: Exchange) => {
    const { connection } = exchange;
    if (connection.exchanges.has(exchange) && !isGone(connection)) begin(exchange);
  };
  const inTurn = (connection: Connection, start: () => void) => {
    const turn = scheduler.enter(connection, 'start');
    if (turn === undefined) start();
    else turn.then(start);
  };
  const next = (connection: Connection) => {
    // Over HTTP/1.1 replies leave one after another: what is done ahead would only be held.
    const most = connection.session === undefined ? 1 : limits.requestsPerConnection;
    while (connection.starting < connection.waiting.length && !isGone(connection)) {
      if (connection.underWay + connection.starting >= most) return;
      connection.starting += 1;
      inTurn(connection, () => beginNext(connection));
    }
  };
  const leave = (exchange: Exchange) => {
    const { connection } = exchange;
    if (!connection.exchanges.delete(exchange)) return;
    if (exchange.isStream) streams -= 1;
    else requests -= 1;
    if (exchange.isUnderWay === true) connection.underWay -= 1;
    else remove(connection.waiting, exchange);
    if (connection.exchanges.size === 0) connection.quietSince = performance.now();
    connection.unread.at = 0;
    next(connection);
    scheduler.wake();
  };
  return {
    leave,
    enter(exchange) {
      const { connection, isStream } = exchange;
      connection.hasAsked = true;
      const reason = refusal(exchange);
      if (reason !== undefined) return refuse(exchange, reason);
      if (!isStream && requests >= limits.requests && !shedLongest(connection)) {
        return refuse(exchange, tooMany);
      }
      connection.exchanges.add(exchange);
      if (isStream) {
        streams += 1;
        inTurn(connection, () => beginStream(exchange));
        return;
      }
      requests += 1;
      connection.waiting.push(exchange);
      next(connection);
    },
  };
}

function remove(waiting: Exchange[], exchange: Exchange): void {
  const at = waiting.indexOf(exchange);
  if (at >= 0) waiting.splice(at, 1);
}
