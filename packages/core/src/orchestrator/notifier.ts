import type { Progress } from '../model/progress.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Dispatcher, WorkflowListener, WorkHint } from '../ports/runtime.ts';
import type { Renewal } from '../ports/workflow-store.ts';

/** Tells all listeners in this process that a commit has happened. */
export interface Notifier {
  /** @param before the workflow as it was; undefined for one that begins. */
  committed(
    snapshot: WorkflowSnapshot,
    events: readonly WorkflowEvent[],
    before: WorkflowSnapshot | undefined,
  ): void;
  renewed(renewal: Renewal, held: boolean): void;
  /** Tells other processes of work after all, which no worker of this process could take. */
  announce(hint: Omit<WorkHint, 'origin'>): void;
  /** Tells `matching` of everything, before anyone else. Called once, before the first commit. */
  attach(matching: MatchingListener): void;
  /** Calls `wake` after each commit of the workflow until the returned function is called. */
  onCommit(workflowId: string, wake: () => void): () => void;
  progressed(progress: Progress): void;
  /** Calls `listener` with what roles say of the workflow until the returned function is called. */
  onProgress(workflowId: string, listener: (progress: Progress) => void): () => void;
}

/** What gives work to workers has to know of every change. */
interface MatchingListener {
  committed(snapshot: WorkflowSnapshot, events: readonly WorkflowEvent[]): void;
  /** Whether a worker of this process is about to take the workflow: others would only compete for it. */
  isTaking(workflowId: string): boolean;
  /** A claim was renewed, or found lost. */
  renewed(renewal: Renewal, held: boolean): void;
}

export interface NotifierTargets {
  readonly listeners: readonly WorkflowListener[];
  readonly dispatcher: Dispatcher | undefined;
  /** Names this orchestrator in hints. */
  readonly origin: string;
  /** Called with errors of listeners and the dispatcher: hints must not fail what is committed. */
  onError(error: unknown): void;
}

export function createNotifier({
  listeners,
  dispatcher,
  origin,
  onError,
}: NotifierTargets): Notifier {
  const waking = createTopics<void>();
  const watching = createTopics<Progress>();
  const silent = listeners.length === 0 && dispatcher === undefined;
  let matching: MatchingListener | undefined;

  function tell(
    snapshot: WorkflowSnapshot,
    events: readonly WorkflowEvent[],
    before: WorkflowSnapshot | undefined,
  ): void {
    for (const listener of listeners) alone(() => listener.onCommitted(snapshot, events, before));
    if (dispatcher === undefined) return;
    const { id: workflowId, projectId, priority, role, claim } = snapshot;
    const isFree =
      role !== undefined && claim === undefined && matching?.isTaking(workflowId) !== true;
    if (isFree || events.some(({ type }) => type === 'attempt_lost')) {
      const place = { workflowId, projectId, priority };
      alone(() => dispatcher.announce({ ...place, role: isFree ? role : undefined, origin }));
    }
  }

  /** What one of them throws keeps nothing from the others. */
  function alone(tellOne: () => void): void {
    try {
      tellOne();
    } catch (error) {
      onError(error);
    }
  }

  return {
    committed(snapshot, events, before) {
      for (const wake of waking.of(snapshot.id)) wake();
      alone(() => matching?.committed(snapshot, events));
      if (!silent) tell(snapshot, events, before);
    },
    announce: (hint) => alone(() => dispatcher?.announce({ ...hint, origin })),
    renewed: (renewal, held) => alone(() => matching?.renewed(renewal, held)),
    attach(one) {
      matching = one;
    },
    onCommit: waking.subscribe,
    progressed(progress) {
      for (const listener of watching.of(progress.workflowId)) alone(() => listener(progress));
    },
    onProgress: watching.subscribe,
  };
}

/** The listeners of each workflow. A workflow without listeners has no entry. */
function createTopics<T>() {
  type Listener = (value: T) => void;
  const topics = new Map<string, Set<Listener>>();
  const none: readonly Listener[] = [];
  return {
    of(workflowId: string): readonly Listener[] {
      const listeners = topics.get(workflowId);
      return listeners === undefined ? none : [...listeners];
    },
    subscribe(workflowId: string, listener: Listener): () => void {
      const listeners = topics.get(workflowId) ?? new Set();
      listeners.add(listener);
      topics.set(workflowId, listeners);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && topics.get(workflowId) === listeners) topics.delete(workflowId);
      };
    },
  };
}
