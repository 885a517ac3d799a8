import { hostname } from 'node:os';
import { z } from 'zod';
import type { Assignment } from '../model/assignment.ts';
import { checkOffers } from '../model/checked-offers.ts';
import { BatonError } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import { present, type Resolved } from '../model/record-shape.ts';
import { type Redact, redactError } from '../model/redact.ts';
import type { ClaimOffer } from '../model/requests.ts';
import { systemClock } from '../orchestrator/clocks.ts';
import type { WorkSource } from '../orchestrator/operations.ts';
import { validate } from '../orchestrator/validate.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { WorkspaceProvider } from '../ports/workspace.ts';
import { maskedRole } from './masked-role.ts';
import { offersOf } from './offers.ts';

/** What a runner tells its observer. These are hints: the audit trail is the truth. */
export type RunnerReport =
  /** The source gives work: for the first time, or again. */
  | { readonly kind: 'listening' }
  | { readonly kind: 'performing'; readonly assignment: Assignment }
  | { readonly kind: 'progress'; readonly assignment: Assignment; readonly message: string }
  | {
      readonly kind: 'outcome';
      readonly assignment: Assignment;
      readonly outcome: Outcome;
      readonly durationMs: number;
    }
  | {
      /** The output was sent back instead: what the gates found is the feedback. */
      readonly kind: 'gate_not_passed';
      readonly assignment: Assignment;
      readonly error: BatonError;
    }
  | { readonly kind: 'attempt_failed'; readonly assignment: Assignment; readonly error: BatonError }
  | { readonly kind: 'accepted'; readonly workflowId: string; readonly state: string }
  | {
      readonly kind: 'trouble';
      readonly workflowId: string | undefined;
      readonly error: BatonError;
    };

/** How long a runner waits before it tries failed work again. */
export interface BackoffOptions {
  /** Milliseconds to wait after the first failure, 0 or more. Default 1000. */
  readonly initialMs?: number | undefined;
  /** Longest wait in milliseconds, 0 or more. Default 60,000. */
  readonly maxMs?: number | undefined;
}

/** Options of `createRunner`. */
export interface RunnerOptions {
  /** Where assignments come from and outcomes go: an orchestrator, or a client of one. */
  readonly source: WorkSource;
  /** One adapter a role. */
  readonly roles: readonly RoleAdapter[];
  /** Gives each build its files; absent: roles work without. */
  readonly workspaces?: WorkspaceProvider | undefined;
  /** Keeps what attempts say and print; absent: evidence has digests alone. */
  readonly artifacts?: ArtifactStore | undefined;
  /** Only this workflow; absent: every workflow with work for the roles. */
  readonly workflowId?: string | undefined;
  /** Names this runner in claims and in the audit trail. Default: host and process id. */
  readonly worker?: string | undefined;
  /** Assignments performed at once, 1 to 500. Default 4. */
  readonly concurrency?: number | undefined;
  /**
   * Milliseconds that a claim lasts without a heartbeat, 1000 to 86,400,000. The runner sends a heartbeat
   * every third of it. Default 30,000.
   */
  readonly leaseMs?: number | undefined;
  /** Waits between attempts at failed work. */
  readonly backoff?: BackoffOptions | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Number in [0, 1) for jitter. Default Math.random. */
  readonly random?: (() => number) | undefined;
  /**
   * Masks secrets in everything that goes into a role and leaves it: assignments, outcomes, notes, progress,
   * artifacts, errors. With `stream`, also those that progress tells line by line.
   */
  readonly redact?: Redact | undefined;
  /** Gets a span of each attempt, in the trace of its build, and what roles tell. Default: nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  /** What it throws becomes a process warning. */
  readonly onReport?: ((report: RunnerReport) => void) | undefined;
}

type MayBeAbsent = 'workspaces' | 'artifacts' | 'workflowId' | 'telemetry';

export interface ResolvedRunnerOptions
  extends Resolved<Omit<RunnerOptions, MayBeAbsent | 'backoff' | 'redact'>>,
    Pick<RunnerOptions, MayBeAbsent> {
  readonly backoff: Resolved<BackoffOptions>;
  /** What its roles offer to perform. */
  readonly offers: readonly ClaimOffer[];
  /** What was thrown, without secrets. */
  errorOf(reason: unknown): BatonError;
  holdsSecret(text: string): boolean;
}

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input` for options that a runner could not work by.
 */
export function resolveRunnerOptions(options: RunnerOptions): ResolvedRunnerOptions {
  const resolved = withDefaults(options);
  const { concurrency, leaseMs, backoff, roles } = resolved;
  validate(numbers, { concurrency, leaseMs, backoff }, 'the options of the runner');
  const twice = roles.find(({ role }, i) => roles.findIndex((one) => one.role === role) < i);
  if (twice !== undefined) {
    throw new BatonError('invalid_input', `two adapters perform role '${twice.role}'`);
  }
  return resolved;
}

/** What a source accepts, and what lets a runner make progress. */
const numbers = z.object({
  concurrency: z.int().min(1).max(500),
  leaseMs: z.int().min(1000).max(86_400_000),
  backoff: z.object({ initialMs: z.number().min(0), maxMs: z.number().min(0) }),
});

function withDefaults({ redact, ...options }: RunnerOptions): ResolvedRunnerOptions {
  const { roles } = options;
  const usual = { worker: `${hostname()}:${process.pid}`, leaseMs: 30_000 };
  return {
    ...usual,
    concurrency: 4,
    clock: systemClock,
    random: Math.random,
    ...present(options),
    offers: checkOffers(offersOf({ ...usual, ...present(options) })),
    roles: redact === undefined ? roles : roles.map((one) => maskedRole(one, redact)),
    errorOf: (reason) =>
      redact === undefined ? BatonError.from(reason) : redactError(redact, reason),
    holdsSecret: (text) => redact !== undefined && redact(text) !== text,
    onReport: safely(options.onReport ?? (() => undefined)),
    backoff: { initialMs: 1000, maxMs: 60_000, ...present(options.backoff ?? {}) },
  };
}

/** An error of the observer must not break the runner. */
function safely(onReport: (report: RunnerReport) => void): (report: RunnerReport) => void {
  return (report) => {
    try {
      onReport(report);
    } catch (reason) {
      process.emitWarning(`the onReport of a runner failed: ${BatonError.from(reason).message}`);
    }
  };
}
