import { hostname } from 'node:os';
import { BatonError, createRunner, type RunnerReport, type WorkSource } from '@baton/core';
import { createBatonClient } from '../node.ts';
import { createOutage } from './outage.ts';
import type { Share, WorkerOptions } from './worker-options.ts';

/*
 * 1. `stopped` to `running` by `start`, `running` to `draining` by `drain` or `stop`, then `stopped` for good.
 * 2. Once draining, no work is taken. When it has stopped, it holds no claim that it could still give back.
 */

/** What a worker does: `draining` finishes what it holds and takes no more. */
export type WorkerState = 'running' | 'draining' | 'stopped';

/** Performs roles for a server, until it is told to stop. */
export interface Worker {
  /** As claims and the audit trail name it. */
  readonly name: string;
  /** `stopped` before `start`, too. */
  readonly state: WorkerState;
  /**
   * Begins to take work.
   *
   * @throws BatonError `wrong_state` the second time, and once it was stopped: a worker runs once.
   */
  start(): void;
  /**
   * Takes no more work and finishes what it holds. What is left after `graceMs` milliseconds (default 30,000) is
   * aborted and given back, so that another worker takes it at once. Resolves when the worker has stopped.
   */
  drain(graceMs?: number): Promise<void>;
  /** Gives back at once what it holds, also while it drains. */
  stop(): Promise<void>;
}

/** How many assignments a role performs at once for which nothing is said. */
const USUAL_CONCURRENCY = 4;

/**
 * A worker: takes work of its roles from a server, keeps its claims alive, performs it with role adapters and
 * reports what came of it. It goes on over restarts of the server, and ends what was taken away from it.
 *
 * @throws BatonError `invalid_input` for a number out of its range, a role that is not there, two adapters of one
 * role, and unless it is told one place where work comes from.
 * @example
 * import { createWorker } from '@baton/client/worker';
 * import type { RoleAdapter } from '@baton/core';
 * const writer: RoleAdapter = {
 *   role: 'code_writer',
 *   perform: async ({ instructions }) => ({ kind: 'fail', reason: `too hard: ${instructions}` }),
 * };
 * const worker = createWorker({ baseUrl: 'http://127.0.0.1:7481', roles: [writer], concurrency: 2 });
 * process.once('SIGTERM', () => worker.drain(60_000));
 * worker.start();
 */
export function createWorker(options: WorkerOptions): Worker {
  const { baseUrl, protocol, transport, client, concurrency, onError, onReconnect, ...rest } =
    options;
  const { name = `${hostname()}:${process.pid}`, ...common } = rest;
  const shares = sharesOf(options);
  const { source, close } = sourceOf(options);
  const tell = onError ?? warn;
  const outage = createOutage(tell, onReconnect ?? (() => undefined));
  const runners = shares.map((share) => {
    const onReport = (report: RunnerReport): void => {
      common.onReport?.(report);
      outage.heard(share, report);
    };
    return createRunner({ ...common, ...share, source, worker: name, onReport });
  });
  let state: WorkerState = 'stopped';
  let running: Promise<unknown> | undefined;

  async function end(graceMs: number): Promise<void> {
    if (state === 'running') state = 'draining';
    running ??= Promise.resolve();
    await Promise.all(runners.map((runner) => runner.stop(graceMs)));
    await running;
    state = 'stopped';
    close();
  }

  return {
    name,
    get state() {
      return state;
    },
    start() {
      if (running !== undefined) {
        throw new BatonError(
          'wrong_state',
          `worker '${name}' was started or stopped before: make another`,
        );
      }
      state = 'running';
      running = Promise.all(runners.map((runner) => runner.run()));
    },
    drain: (graceMs = 30_000) => end(graceMs),
    stop: () => end(0),
  };
}

/** Roles with a limit of their own are taken by themselves, so that one never has the room of another. */
function sharesOf({ roles, concurrency }: WorkerOptions): readonly Share[] {
  if (typeof concurrency !== 'object') return [{ roles, concurrency }];
  const legal = roles.map(({ role }) => role);
  const unknown = Object.keys(concurrency).find((role) => !legal.includes(role));
  if (unknown !== undefined) {
    const description = `found '${unknown}'; expected one of ${legal.join(', ')}`;
    throw invalid('concurrency', description, legal);
  }
  const twice = legal.find((role, at) => legal.indexOf(role) < at);
  if (twice !== undefined) throw invalid('roles', `two adapters perform role '${twice}'`);
  return roles.map((role) => ({
    roles: [role],
    concurrency: concurrency[role.role] ?? USUAL_CONCURRENCY,
  }));
}

function sourceOf({ baseUrl, protocol, transport, client, token, tls, telemetry }: WorkerOptions): {
  readonly source: WorkSource;
  close(): void;
} {
  const places = Object.entries({ baseUrl, transport, client }).filter(([, one]) => one);
  if (places.length !== 1) {
    const found = places.map(([place]) => place).join(' and ') || 'none';
    throw invalid('client', `found ${found}; expected one of baseUrl, transport and client`);
  }
  if (client !== undefined) return { source: client, close: () => undefined };
  const own = createBatonClient({ baseUrl, protocol, transport, token, tls, telemetry });
  return { source: own, close: () => own.close() };
}

function invalid(field: string, description: string, legal: readonly string[] = []): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
    legal,
  });
}

function warn(error: BatonError, workflowId: string | undefined): void {
  const where = workflowId === undefined ? '' : ` (workflow ${workflowId})`;
  process.emitWarning(`a worker is in trouble: ${error.message}${where}`);
}
