import type { BatonClient } from '@baton/client';
import type { Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { aBuild, serve } from './serve.ts';

const role = 'q_assistant';

function advance(
  baton: Orchestrator | BatonClient,
  workflowId: string,
  completedState: 'discovery' | 'planning',
) {
  return baton.advance({
    workflowId,
    role,
    completedState,
    result: passingOutputs[completedState],
  });
}

/** A build, and how many watches of it there have been. */
async function started() {
  let watches = 0;
  const { client, orchestrator } = await serve({}, (inner) => ({
    ...inner,
    watch(...request) {
      watches += 1;
      return inner.watch(...request);
    },
  }));
  const { workflowId } = await client.start(aBuild);
  return { client, orchestrator, workflowId, watches: () => watches };
}

describe('waiting for a state', () => {
  it('ends when the workflow only passes through it', async () => {
    const { client, orchestrator, workflowId, watches } = await started();
    const waiting = client.waitFor(workflowId, 'planning');
    await expect.poll(watches).toBe(1);
    // Two advances at once: a client that asks after the first event finds the second state.
    await advance(orchestrator, workflowId, 'discovery');
    await advance(orchestrator, workflowId, 'planning');
    expect((await waiting).state).toMatch(/^(planning|handoff_to_coder)$/);
  });

  it('is refused for one that the definition does not have, with those it has', async () => {
    const { client, workflowId } = await started();
    await expect(client.waitFor(workflowId, 'nope')).rejects.toMatchObject({
      code: 'invalid_input',
      legal: expect.arrayContaining(['discovery', 'complete', 'error']),
    });
  });

  it('does not count what was before the call, unless it is told to', async () => {
    const { client, orchestrator, workflowId } = await started();
    await advance(orchestrator, workflowId, 'discovery');
    await advance(orchestrator, workflowId, 'planning');
    const stop = new AbortController();
    const waiting = client.waitFor(workflowId, 'planning', { signal: stop.signal });
    const found = await client.waitFor(workflowId, 'planning', { afterSequence: 0 });
    expect(found.state).toBe('handoff_to_coder');
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('goes on over a failure that was mended, and ends with one that was not', async () => {
    const { client, orchestrator, workflowId, watches } = await started();
    await advance(orchestrator, workflowId, 'discovery');
    const waiting = expect(client.waitFor(workflowId, 'complete')).rejects.toMatchObject({
      code: 'wrong_state',
      message: expect.stringContaining("failed in 'discovery': no way"),
    });
    await expect.poll(watches).toBe(1);
    // Through `error` and out of it, in one commit.
    await orchestrator.requestRetry({ workflowId, reason: 'again' });
    const fail = { workflowId, role, completedState: 'discovery', nextState: 'error' };
    await orchestrator.advance({ ...fail, result: { reason: 'no way' } });
    await waiting;
    const patient = client.waitFor(workflowId, 'discovery', { failOnError: false });
    await orchestrator.requestRetry({ workflowId, reason: 'once more' });
    expect((await patient).state).toBe('discovery');
  });
});
