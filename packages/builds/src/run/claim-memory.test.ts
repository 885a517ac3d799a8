import { appendFileSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatonError,
  type ClaimedAssignment,
  createMemoryStore,
  createOrchestrator,
  type Usage,
} from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import { passingOutputs } from '@baton/core/testing';
import { describe, expect, test } from 'vitest';
import { createClaimMemory } from './claim-memory.ts';
import { createUsageJournals } from './usage-journals.ts';

async function createClaimed(budgets?: { readonly tokens: number }) {
  const store = await createMemoryStore();
  const orchestrator = createOrchestrator({ store });
  const start = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {}, budgets };
  const { workflowId } = await orchestrator.start(start);
  const folder = mkdtempSync(join(tmpdir(), 'baton-claim-'));
  const path = join(folder, 'claim');
  const journals = createUsageJournals(folder);
  // As another process has them, with nothing but the files.
  const memory = () => createClaimMemory(path, workflowId, createUsageJournals(folder));
  const request = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 30_000 };
  /** Takes the work of the workflow in another process, which then dies. */
  const claim = async (): Promise<ClaimedAssignment> => {
    const { workflowId: _, ...offer } = request;
    const source = memory().remembering(orchestrator);
    for await (const work of source.takeWork({ offers: [offer], workflowId })) {
      if (work.kind === 'assignment') return work;
    }
    throw new Error('there was no work');
  };
  return { store, orchestrator, workflowId, folder, path, journals, memory, request, claim };
}

test('the claim of a process that died is given back once, as an attempt', async () => {
  const { orchestrator, workflowId, path, memory, claim } = await createClaimed();
  await claim();
  const later = memory();
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
  expect(await memory().giveBack(orchestrator)).toBe(false);
  expect((await orchestrator.status({ workflowId })).claim?.worker).toBe('v');
});

test('a claim that came with a report is given back, whether the report was answered or not', async () => {
  for (const isAnswered of [true, false]) {
    const { orchestrator, workflowId, memory } = await createClaimed();
    const source = memory().remembering({
      ...orchestrator,
      async advance(asked) {
        const reply = await orchestrator.advance(asked);
        if (isAnswered) return reply;
        throw new BatonError('unavailable', 'the answer was lost');
      },
    });
    const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: 30_000 };
    const work = source.takeWork({ offers: [offer], workflowId })[Symbol.asyncIterator]();
    const { value } = await work.next();
    const report = {
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
      claimToken: value?.kind === 'assignment' ? value.claim.token : '',
      requestId: 'r',
      takeNext: [offer],
    };
    const reported = source.advance(report);
    if (isAnswered) expect((await reported).next?.assignment.state).toBe('planning');
    else {
      await expect(reported).rejects.toMatchObject({ code: 'unavailable' });
      // It is the same when it is made again.
      await expect(source.advance(report)).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect((await orchestrator.status({ workflowId })).claim?.worker).toBe('w');
    expect(await memory().giveBack(orchestrator)).toBe(true);
    const after = await orchestrator.status({ workflowId });
    expect(after).toMatchObject({ state: 'planning', claim: undefined, attempt: 1 });
    await work.return?.();
  }
});

describe('what the process that died had set aside', () => {
  const CAP = 10_000;
  const used = (inputTokens: number, outputTokens: number): Usage => ({
    ...NO_USAGE,
    requests: 1,
    inputTokens,
    outputTokens,
    unpricedRequests: 1,
  });

  async function givenBack(claimed: Awaited<ReturnType<typeof createClaimed>>) {
    const { store, orchestrator, workflowId, memory } = claimed;
    expect(await memory().giveBack(orchestrator)).toBe(true);
    const { usage } = await orchestrator.status({ workflowId });
    const events = await store.readEvents({ workflowId, after: 0, limit: 100 });
    const notes = events.filter(({ type }) => type === 'noted').map(({ data }) => data);
    return { usage: usage['discovery'], notes };
  }

  test('gives way to its journal: each call once, and all that was set aside for one without an end', async () => {
    const claimed = await createClaimed({ tokens: CAP });
    const { journals, workflowId, orchestrator, claim, memory } = claimed;
    await claim();
    const earlier = journals.open({ workflowId });
    await earlier.reserve('a:m', used(500, 500));
    earlier.close();
    await memory().giveBack(orchestrator);
    await claim();
    const journal = journals.open({ workflowId });
    const first = await journal.reserve('a:m', used(900, 4000));
    await journal.reserve('a:m', used(300, 200));
    journal.settle(first, { usage: used(700, 30), estimated: false });
    journal.close();
    const { usage, notes } = await givenBack(claimed);
    expect(usage).toMatchObject({
      ...{ requests: 3, inputTokens: 500 + 700 + 300, outputTokens: 500 + 30 + 200 },
      unsettledTokens: 0,
    });
    expect(notes).toMatchObject([
      { code: 'usage_estimated', message: expect.stringMatching(/^1 of 1 model calls/) },
      { code: 'usage_estimated', message: expect.stringMatching(/^1 of 2 model calls/) },
    ]);
  });

  test('is free again when its attempt had not begun', async () => {
    const claimed = await createClaimed({ tokens: CAP });
    const { orchestrator, path, request } = claimed;
    writeFileSync(path, 'token\n');
    await orchestrator.claim({ ...request, token: 'token' });
    expect((await givenBack(claimed)).usage).toMatchObject({ requests: 0, unsettledTokens: 0 });
  });

  test.each([
    ['has no journal', () => {}],
    ['was made by an older version', ({ path }: { path: string }) => writeFileSync(path, 'token')],
  ])('counts when its attempt %s', async (_, change) => {
    const claimed = await createClaimed({ tokens: CAP });
    const { orchestrator, path, request } = claimed;
    writeFileSync(path, 'token\n1');
    await orchestrator.claim({ ...request, token: 'token' });
    change(claimed);
    expect((await givenBack(claimed)).usage).toMatchObject({ requests: 0, unsettledTokens: CAP });
  });

  test('counts when the journal cannot be read, and a note says why', async () => {
    const claimed = await createClaimed({ tokens: CAP });
    const { journals, workflowId, folder, claim } = claimed;
    await claim();
    journals.open({ workflowId }).close();
    appendFileSync(join(folder, `${workflowId}.usage`, '000001.jsonl'), 'what?\n');
    const { usage, notes } = await givenBack(claimed);
    expect(usage).toMatchObject({ unsettledTokens: CAP });
    expect(notes).toMatchObject([
      {
        code: 'usage_not_known',
        message: expect.stringContaining('000001.jsonl:1: it is no JSON'),
      },
    ]);
  });
});
