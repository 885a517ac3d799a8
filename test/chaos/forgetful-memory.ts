import type { WorkflowStore } from '@baton/core';

/** A store in memory that can go back to where it was. */
export interface ForgetfulMemory {
  readonly store: WorkflowStore;
  /** What is there now is what `forget` goes back to. */
  save(): void;
  forget(): void;
}

/**
 * By doing again, in a new store, everything that was done before the last save.
 *
 * @param lives new stores: the first one, and one for each time that it forgets.
 */
export function createForgetfulMemory(lives: readonly WorkflowStore[]): ForgetfulMemory {
  const left = [...lives];
  function next(): WorkflowStore {
    const store = left.shift();
    if (store === undefined) throw new Error(`forgot more than ${lives.length - 1} times`);
    return store;
  }
  let current = next();
  let done: ((store: WorkflowStore) => unknown)[] = [];
  let saved = 0;
  function change<T>(act: (store: WorkflowStore) => Promise<T>): Promise<T> {
    done.push(act);
    return act(current);
  }
  return {
    store: {
      ...current,
      create: (commit) => change((store) => store.create(commit)),
      commit: (batch) => change((store) => store.commit(batch)),
      renewClaim: (renewal) => change((store) => store.renewClaim(renewal)),
      load: (...query) => current.load(...query),
      listWorkflows: (query) => current.listWorkflows(query),
      readHandoffs: (query) => current.readHandoffs(query),
      readEvents: (query) => current.readEvents(query),
      readStats: (projectId) => current.readStats(projectId),
      readUsage: (query) => current.readUsage(query),
      listProjects: (query) => current.listProjects(query),
    },
    save() {
      saved = done.length;
    },
    // A store in memory has done what it was asked for before it answers.
    forget() {
      done = done.slice(0, saved);
      current = next();
      for (const act of done) void act(current);
    },
  };
}
