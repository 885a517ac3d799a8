import type { CommitResult, RoleAdapter, WorkflowStore, WorkSource } from '@baton/core';

/** Where a process may die, seen from one change of a workflow. */
export const CRASH_POINTS = [
  'before commit',
  'after commit',
  'before acknowledgement',
  'in a role',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Ends this process as `kill -9` does, the `nth` time that `point` is passed. */
export interface Fuse<Point extends string = CrashPoint> {
  pass(point: Point): void;
}

export function createFuse<Point extends string = CrashPoint>(
  point: Point | undefined,
  nth: number,
): Fuse<Point> {
  let passed = 0;
  return {
    pass(here) {
      if (here !== point || ++passed < nth) return;
      process.kill(process.pid, 'SIGKILL');
      // The signal comes with the next turn of the loop at the latest; nothing may run until then.
      for (;;);
    },
  };
}

export function crashingStore(
  store: WorkflowStore,
  fuse: Fuse<'before commit' | 'after commit'>,
): WorkflowStore {
  return {
    ...store,
    async commit(batch): Promise<readonly CommitResult[]> {
      fuse.pass('before commit');
      const results = await store.commit(batch);
      fuse.pass('after commit');
      return results;
    },
  };
}

export function crashingSource(source: WorkSource, fuse: Fuse): WorkSource {
  return {
    ...source,
    async advance(request) {
      const reply = await source.advance(request);
      fuse.pass('before acknowledgement');
      return reply;
    },
  };
}

export function crashingRole(role: RoleAdapter, fuse: Fuse): RoleAdapter {
  return {
    role: role.role,
    async perform(assignment, context) {
      fuse.pass('in a role');
      return role.perform(assignment, context);
    },
  };
}
