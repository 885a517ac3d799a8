import type { WorkerState } from '@baton/client/worker';
import type { BatonError, RunnerReport, Telemetry } from '@baton/core';
import type { CallerOptions } from '../caller.ts';
import type { RoleName } from '../config/role-schema.ts';
import type { Operations } from '../operations/operations.ts';
import type { BuildObserver } from '../run/build-observer.ts';
import type { HandedOver } from '../run/hand-over.ts';

/** What {@link startWorker} takes. */
export interface StartWorkerOptions extends CallerOptions {
  /** Address of the server that gives work: `http://…` or `https://…`, or `grpc://…` or `grpcs://…`. */
  readonly server: string;
  /** The operations of that server, where it runs in this process; they stay open. Default: it is called. */
  readonly operations?: Operations | undefined;
  /** Root of the git repository that builds are on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The file that says how the roles work; relative to `cwd`. Default: the one in the workspace. */
  readonly config?: string | undefined;
  /** The roles to perform. Default: all that the configuration can perform. */
  readonly roles?: readonly string[] | undefined;
  /**
   * Assignments performed at once, 1 to 500: of all roles together, or of each; a role that is not named performs 4.
   * Default 4 together.
   */
  readonly concurrency?: number | Readonly<Record<string, number>> | undefined;
  /** Names this worker in claims and in the audit trail. Default: host and process id. */
  readonly name?: string | undefined;
  /** Milliseconds until others get the work of a worker that has vanished, 1000 or more. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** Where `/health/live` and `/health/ready` are served. Default: nowhere. */
  readonly health?: HealthOptions | undefined;
  /** Gets a span of each attempt, in the trace of its build. Default: nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  /** Follows the worker. Default: none. */
  readonly observer?: WorkerObserver | undefined;
}

/** Where a worker says how it is. */
export interface HealthOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
}

/** Follows a worker. All methods are optional. */
export interface WorkerObserver
  extends Pick<BuildObserver, 'poorlyMasked' | 'pruned' | 'setAside'> {
  /** What its runners say. */
  reported?(report: RunnerReport): void;
  /** The server is away: told once, until it is back. */
  away?(error: BatonError): void;
  /** The server is there again. */
  back?(): void;
  /** Something else went wrong outside of the roles. */
  troubled?(error: BatonError, workflowId: string | undefined): void;
  /** Builds that name no definition end on the server as this worker cannot end them: what to do about it. */
  otherEnding?(text: string): void;
  /** A build whose last phase was performed here is complete: where its work is. */
  handedOver?(workflowId: string, handedOver: HandedOver): void;
}

/** A worker that runs. */
export interface StartedWorker {
  readonly name: string;
  readonly state: WorkerState;
  readonly roles: readonly RoleName[];
  /** Root of the repository; a real path. */
  readonly repository: string;
  /** Absolute path of the configuration. */
  readonly config: string;
  /** Which sandbox its commands run in, by its name and in a line for people. */
  readonly sandbox: { readonly name: string; readonly found: string };
  /** Port of the health routes; undefined where none are served. */
  readonly healthPort: number | undefined;
  /**
   * Takes no more work and finishes what it holds. What is left after `graceMs` milliseconds is aborted and given
   * back, so that another worker takes it at once. Resolves when all is closed.
   */
  drain(graceMs: number): Promise<void>;
  /** Gives back at once what it holds, also while it drains. */
  stop(): Promise<void>;
}
