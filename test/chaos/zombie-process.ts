// Takes a claim of three seconds, decides to advance under it, and stops itself between the decision and
// the commit, as a process does that is paused by its machine. Prints what came of it when it goes on.
// argv: the store's kind and address, the workflow.
import { createPostgresStore } from '@baton/adapters/postgres';
import { createRedisStore } from '@baton/adapters/redis';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { BatonError, createOrchestrator, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';

const [kind, address = '', workflowId = ''] = process.argv.slice(2);

async function open(): Promise<WorkflowStore> {
  switch (kind) {
    case 'redis':
      return createRedisStore({ connection: address, warn() {} });
    case 'postgres':
      return createPostgresStore({ connection: address });
    default:
      return createSqliteStore({ path: address });
  }
}

const store = await open();
let stops = false;
const stopping: WorkflowStore = {
  ...store,
  commit(batch) {
    if (stops) {
      stops = false;
      console.log('stopped');
      process.kill(process.pid, 'SIGSTOP');
    }
    return store.commit(batch);
  },
};
const baton = createOrchestrator({ store: stopping });
const { claim } = await baton.claim({
  workflowId,
  worker: 'zombie',
  roles: ['q_assistant'],
  leaseMs: 3000,
});
stops = true;
const outcome = await baton
  .advance({
    workflowId,
    role: 'q_assistant',
    completedState: 'discovery',
    result: passingOutputs.discovery,
    claimToken: claim.token,
    requestId: 'zombie',
  })
  .then(
    ({ revision }) => `advanced to revision ${revision}`,
    (reason) => BatonError.from(reason).code,
  );
console.log(outcome);
await store.close();
process.exit(0);
