import type { BatonError, RunnerOptions, WorkSource } from '@baton/core';
import type { ClientOptions } from '../client-options.ts';

/** Options of `createWorker`: where work comes from (`baseUrl`, `transport` or `client`), who performs it, and how. */
export interface WorkerOptions
  extends Omit<RunnerOptions, 'source' | 'worker' | 'concurrency'>,
    Pick<ClientOptions, 'baseUrl' | 'protocol' | 'transport' | 'token' | 'tls'> {
  /** In place of `baseUrl` and `transport`: a client, or an orchestrator of this process. It stays open. */
  readonly client?: WorkSource | undefined;
  /** Names this worker in claims and in the audit trail. Default: host and process id. */
  readonly name?: string | undefined;
  /**
   * Assignments performed at once, 1 to 500: of all roles together, or of each role; a role that is not named
   * performs 4. Default 4 together. With a number for each, every role takes its work by itself.
   */
  readonly concurrency?: number | Readonly<Record<string, number>> | undefined;
  /**
   * What went wrong outside of the roles. That the server is away is told once, with the code `unavailable`: the
   * worker goes on by itself when it is back. Default: a process warning.
   */
  readonly onError?: ((error: BatonError, workflowId: string | undefined) => void) | undefined;
  /** The server is there again. */
  readonly onReconnect?: (() => void) | undefined;
}

/** How many assignments of which roles a runner of the worker performs at once. */
export interface Share {
  readonly roles: RunnerOptions['roles'];
  readonly concurrency: number | undefined;
}
