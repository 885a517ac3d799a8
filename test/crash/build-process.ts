// Carries one build on a SQLite file to `complete`, and dies on the way if it is told to.
// argv: file, how far its clock is ahead (milliseconds), crash point (or ''), which time.
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator, createRunner, type Outcome } from '@baton/core';
import { createScriptedRole, passingOutputs } from '@baton/core/testing';
import { clockAhead } from './clock-ahead.ts';
import {
  type CrashPoint,
  crashingRole,
  crashingSource,
  crashingStore,
  createFuse,
} from './crash-point.ts';

const [path = '', ahead, point, nth] = process.argv.slice(2);
const fuse = createFuse(point === '' ? undefined : (point as CrashPoint), Number(nth));

const clock = clockAhead(Number(ahead));

const answer = ({ state }: { readonly state: string }): Outcome => ({
  kind: 'advance',
  result: { ...passingOutputs[state as keyof typeof passingOutputs] },
});
const roles = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
].map((role) => crashingRole(createScriptedRole(role, answer), fuse));

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
