import type { Server as HttpServer } from 'node:http';
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from 'node:http2';
import type { Log } from '../log.ts';
import type { Connection, Exchange } from './connection.ts';
import { type Connections, type PortOptions, watchConnections } from './connections.ts';
import type { ResolvedLimits } from './load-limits.ts';
import { createReading } from './reading.ts';
import { createRefusalLog } from './refusal-log.ts';
import { createRequestLimiter } from './request-limiter.ts';
import type { Scheduler } from './scheduler.ts';
import { futileTooOften, startSweep } from './sweep.ts';

/**
 * What one port is made to hold and to do, kept within the limits of docs/reference/limits.md:
 *
 * - connections, their number and their end: TLS handshakes in turn, frames that are only answered:
 *   `connections.ts`
 * - requests, which are begun, wait, or are refused: `request-limiter.ts`; how they come from Node: `bounded-streams.ts` and
 *   `../http/bounded-requests.ts`
 * - the event loop, whose work is next: `scheduler.ts`; which connections are read: `reading.ts`
 * - memory, before replies are made: `memory-budget.ts`, which `scheduled-services.ts` puts in front of the services
 * - time and memory, of what is there: `sweep.ts`
 * - the log of what was refused: `refusal-log.ts`
 */
export interface Load {
  readonly of: Connections['of'];
  /** How many connections are open. */
  connections(): number;
  /** By address and port, as `127.0.0.1:50000`. */
  ofPeer(peer: string): Connection | undefined;
  enter(exchange: Exchange): void;
  /** To be called when an exchange has closed; `isReset` for one that its caller took back. */
  leave(exchange: Exchange, isReset: boolean): void;
  stop(): void;
}

export interface LoadOptions extends PortOptions {
  readonly limits: ResolvedLimits;
  readonly log: Log;
  readonly scheduler: Scheduler;
}

/** Bounds a server's connections. The code that serves them enters what comes over them. */
export function limitLoad(
  server: HttpServer | Http2Server | Http2SecureServer,
  { limits, log, scheduler, port, isTls }: LoadOptions,
): Load {
  const refusalLog = createRefusalLog(log, port);
  const connections = watchConnections(server, limits, scheduler, { isTls, port }, refusalLog);
  const limiter = createRequestLimiter(limits, connections.all, scheduler, (exchange, reason) => {
    refusalLog.count(reason, exchange.connection.address);
    exchange.refuse(reason);
    countFutile(exchange);
  });
  const reading = createReading(connections.all, scheduler);
  server.on('secureConnection', reading.secured);
  server.on('session', ({ socket }: ServerHttp2Session) => {
    const connection = connections.of(socket);
    // The socket is all that tells it before the session takes all of its streams down.
    if (connection !== undefined) socket.once('end', () => reading.ending(connection));
  });
  const sweep = startSweep(connections, limits, refusalLog);
  const countFutile = ({ connection }: Exchange) => {
    if (connection.refused !== undefined) return;
    const reason = futileTooOften(connection);
    if (reason === undefined) return;
    connection.refused = reason;
    refusalLog.count(reason, connection.address);
    connections.close(connection, reason, 503);
  };
  return {
    of: connections.of,
    connections: () => connections.all.size,
    ofPeer: (peer) => connections.all.get(peer),
    enter(exchange) {
      limiter.enter(exchange);
      reading.asked(exchange.connection);
    },
    leave(exchange, isReset) {
      limiter.leave(exchange);
      reading.answered(exchange.connection);
      if (isReset) countFutile(exchange);
    },
    stop: sweep.stop,
  };
}
