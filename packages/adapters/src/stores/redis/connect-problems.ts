import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { isCertificateProblem } from '../certificate-problem.ts';
import { readTls } from './connect.ts';
import { readRedisUrl } from './redis-url.ts';

/** Why a client is not connected: its commands say no more than that it is not. */
export interface ConnectProblems {
  /** The same error, with the reason, if there is one. */
  explain(error: BatonError): Promise<BatonError>;
}

/** Milliseconds for a handshake that is made to hear why it fails. */
const HANDSHAKE_TIMEOUT_MS = 2000;

/** @param url what the client was made from. */
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
      const problem = (await handshakeProblem(url)) ?? last;
      const text = problem instanceof Error ? problem.message : String(problem);
      return new BatonError('unavailable', `${error.message}; it could not connect: ${text}`, {
        cause: error,
        retryable: error.retryable && !isCertificateProblem(problem),
      });
    },
  };
}

/** What a certificate is refused for: of sentinels and of a cluster's nodes ioredis does not tell. */
async function handshakeProblem(url: string): Promise<unknown> {
  const where = readRedisUrl(url);
  const [first] = where.hosts;
  if (!where.isTls || where.kind === 'server' || first === undefined) return undefined;
  const socket = connectTls({ ...first, ...readTls(where), timeout: HANDSHAKE_TIMEOUT_MS });
  socket.on('timeout', () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'secureConnect');
    return undefined;
  } catch (reason) {
    return isCertificateProblem(reason) ? reason : undefined;
  } finally {
    socket.destroy();
  }
}
