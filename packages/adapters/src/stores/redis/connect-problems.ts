import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { isCertificateProblem } from '../certificate-problem.ts';
import { readTls } from './connect.ts';
import { readRedisUrl } from './redis-url.ts';

/** Why a client is not connected; its commands only say that it is not. */
export interface ConnectProblems {
  /** Adds the reason to the error, if there is one. */
  explain(error: BatonError): Promise<BatonError>;
}

/** Milliseconds for a handshake that finds out the reason. */
const HANDSHAKE_TIMEOUT_MS = 1000;

/** @param url of the client. */
export function followProblems(client: Redis | Cluster, url: string): ConnectProblems {
  let last: unknown;
  const tell = (reason: unknown): void => {
    last = (reason as { lastNodeError?: unknown }).lastNodeError ?? reason;
  };
  client.on('error', tell);
  client.on('node error', tell);
  client.on('ready', () => {
    last = undefined;
  });
  return {
    async explain(error) {
      if (error.code !== 'unavailable' || last === undefined) return error;
      const problem = isCertificateProblem(last) ? last : ((await handshakeProblem(url)) ?? last);
      const text = problem instanceof Error ? problem.message : String(problem);
      return new BatonError('unavailable', `${error.message}; it could not connect: ${text}`, {
        cause: error,
        retryable: error.retryable && !isCertificateProblem(problem),
      });
    },
  };
}

/**
 * Finds out why a certificate, ours or the server's, is refused. ioredis does not report it for sentinels and
 * cluster nodes. It often misses a server's refusal of ours, because it writes to a connection that the
 * server is closing. So this handshake sends nothing and waits.
 */
async function handshakeProblem(url: string): Promise<unknown> {
  const where = readRedisUrl(url);
  const [first] = where.hosts;
  if (!where.isTls || first === undefined) return undefined;
  const socket = connectTls({ ...first, ...readTls(where) });
  try {
    const silent = AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS);
    // Rejects with the socket's error.
    await once(socket, 'close', { signal: silent });
    return undefined;
  } catch (reason) {
    return isCertificateProblem(reason) ? reason : undefined;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
