import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, test } from 'vitest';
import { createClaimMemory } from './claim-memory.ts';

async function createClaimed() {
  const orchestrator = createOrchestrator({ store: await createMemoryStore() });
  const start = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
  const { workflowId } = await orchestrator.start(start);
  const path = join(mkdtempSync(join(tmpdir(), 'baton-claim-')), 'claim');
  const memory = createClaimMemory(path, workflowId);
  const claim = () =>
    memory
      .remembering(orchestrator)
      .claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 30_000 });
  return { orchestrator, workflowId, path, memory, claim };
}

test('the claim of a process that died is given back once, as an attempt', async () => {
  const { orchestrator, workflowId, path, claim } = await createClaimed();
  await claim();
  // Another process, with nothing but the file.
  const later = createClaimMemory(path, workflowId);
  expect(await later.giveBack(orchestrator)).toBe(true);
  expect(await orchestrator.status({ workflowId })).toMatchObject({ claim: undefined, attempt: 1 });
  expect(existsSync(path)).toBe(false);
  expect(await later.giveBack(orchestrator)).toBe(false);
  expect((await claim()).assignment.attempt).toBe(2);
});

test('a claim that another worker has taken meanwhile stays with it', async () => {
  const { orchestrator, workflowId, memory, claim } = await createClaimed();
  const { claim: old } = await claim();
  const gone = { workflowId, claimToken: old.token, code: 'x', message: 'x', retryable: true };
  await orchestrator.failAttempt(gone);
  await orchestrator.claim({ workflowId, worker: 'v', roles: ['q_assistant'], leaseMs: 30_000 });
  expect(await memory.giveBack(orchestrator)).toBe(false);
  expect((await orchestrator.status({ workflowId })).claim?.worker).toBe('v');
});
