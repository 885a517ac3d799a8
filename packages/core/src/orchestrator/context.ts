import { randomUUID } from 'node:crypto';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { checkDefaultBudgets } from './check-default-budgets.ts';
import { createDispatchSpans, tracedSubmit } from './commit-spans.ts';
import { type Concurrency, createConcurrency } from './concurrency.ts';
import { createDefinitions, type Definitions } from './definitions.ts';
import { createGroupCommit, type SubmitCommit } from './group-commit.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import {
  type OrchestratorOptions,
  type ResolvedOptions,
  resolveOptions,
} from './orchestrator-options.ts';
import { createReadyWork, type ReadyWork } from './ready-work.ts';
import { createSnapshotCache, type SnapshotCache } from './snapshot-cache.ts';
import { createTakers, type Takers } from './takers.ts';
import { createWatchSweep, type WatchSweep } from './watch-sweep.ts';

/** What every operation works with. */
export interface OrchestratorContext {
  readonly store: WorkflowStore;
  readonly submit: SubmitCommit;
  readonly cache: SnapshotCache;
  readonly notifier: Notifier;
  readonly watches: WatchSweep;
  readonly definitions: Definitions;
  /** What waits for a worker. */
  readonly ready: ReadyWork;
  /** The workers that wait for work. */
  readonly takers: Takers;
  readonly concurrency: Concurrency;
  readonly options: ResolvedOptions;
  /** Names this orchestrator to others over the same store. */
  readonly id: string;
}

export function createContext(options: OrchestratorOptions): OrchestratorContext {
  const resolved = resolveOptions(options);
  const { store, dispatcher, telemetry, onHintError } = resolved;
  const listeners =
    telemetry === undefined
      ? resolved.listeners
      : [...resolved.listeners, createDispatchSpans(telemetry)];
  checkDefaultBudgets(resolved.definitions, resolved.budgets);
  const id = randomUUID();
  const notifier = createNotifier({ listeners, dispatcher, origin: id, onError: onHintError });
  return {
    store,
    submit: tracedSubmit(createGroupCommit(store), telemetry),
    cache: createSnapshotCache(resolved.cacheSize),
    notifier,
    watches: createWatchSweep({
      ...{ store, notifier, dispatcher, clock: resolved.clock },
      everyMs: resolved.watchPollMs,
    }),
    definitions: createDefinitions(resolved.definitions),
    ready: createReadyWork(),
    takers: createTakers(),
    concurrency: createConcurrency(resolved.concurrency, store, resolved.clock),
    options: resolved,
    id,
  };
}
