import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator, createRunner, type Outcome } from '@baton/core';
import { createScriptedRole, passingOutputs } from '@baton/core/testing';
import { clockAhead } from './clock-ahead.ts';
import { crashingRole, crashingSource, crashingStore, type Fuse } from './crash-point.ts';

const ROLES = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
] as const;

const answer = ({ state }: { readonly state: string }): Outcome => ({
  kind: 'advance',
  result: { ...passingOutputs[state as keyof typeof passingOutputs] },
});

interface CarryOptions {
  /** The SQLite file. */
  readonly path: string;
  /** How far the clock is ahead. */
  readonly aheadMs: number;
  /** Ends the process on the way. */
  readonly fuse: Fuse;
}

/** Carries the build of a file to `complete`, from wherever it is. */
export async function carryBuild({ path, aheadMs, fuse }: CarryOptions): Promise<void> {
  const clock = clockAhead(aheadMs);
  const roles = ROLES.map((role) => crashingRole(createScriptedRole(role, answer), fuse));
  const store = crashingStore(await createSqliteStore({ path }), fuse);
  const baton = createOrchestrator({ store, clock });
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'u',
    requirements: {},
    requestId: 'the-build',
  });
  const runner = createRunner({ source: crashingSource(baton, fuse), roles, clock });
  const run = runner.run();
  for await (const _ of baton.watch({ workflowId }));
  await runner.stop();
  await run;
  await store.close();
}
