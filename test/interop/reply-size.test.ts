import type { Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { status as Code } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';

const MIB = 1024 * 1024;
const role = 'q_assistant';

describe('a client that receives the usual 4 MiB', () => {
  it('gets every handoff, in pages that are cut by their size', async () => {
    const { grpcAddress, orchestrator } = await startServer();
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1', maxRetries: 10 });
    const result = { ...passingOutputs.discovery, summary: 'x'.repeat(1.5 * MIB) };
    for (let n = 0; n < 5; n++) {
      await orchestrator.advance({ workflowId, role, completedState: 'discovery', result });
      await orchestrator.requestRetry({ workflowId, reason: 'again' });
    }
    const all = await orchestrator.history({ workflowId });
    const client = connect(grpcAddress);
    const numbers: number[] = [];
    let pages = 0;
    let pageToken: string | undefined;
    do {
      const page = await client.call('getWorkflowHistory', { workflowId, pageToken });
      numbers.push(...page.handoffs.map(({ number }: { number: number }) => number));
      pageToken = page.nextPageToken;
      pages += 1;
    } while (pageToken);
    expect(numbers).toEqual(all.handoffs.map(({ number }) => number));
    expect(pages).toBeGreaterThan(2);
  });

  it('gets every handoff, in pages that are cut by their values', async () => {
    const { grpcAddress, orchestrator } = await startServer();
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1', maxRetries: 10 });
    const more = Array.from({ length: 9_000 }, (_, index) => index);
    const result = { ...passingOutputs.discovery, more };
    for (let n = 0; n < 4; n++) {
      await orchestrator.advance({ workflowId, role, completedState: 'discovery', result });
      await orchestrator.requestRetry({ workflowId, reason: 'again' });
    }
    const client = connect(grpcAddress);
    const pages: number[][] = [];
    let pageToken: string | undefined;
    do {
      const page = await client.call('getWorkflowHistory', { workflowId, pageToken });
      pages.push(page.handoffs.map(({ number }: { number: number }) => number));
      pageToken = page.nextPageToken;
    } while (pageToken);
    const all = await orchestrator.history({ workflowId });
    expect(pages.flat()).toEqual(all.handoffs.map(({ number }) => number));
    // One output of 9,000 values fits into a page, and a second doesn't.
    expect(pages.length).toBe(4);
  });

  it('gets pages of the size it asks for, where nothing in them is large', async () => {
    const asked: number[] = [];
    const counting = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      history(request) {
        asked.push(request.pageSize ?? 0);
        return orchestrator.history(request);
      },
    });
    const { grpcAddress, orchestrator } = await startServer({}, counting);
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1', maxRetries: 50 });
    const result = passingOutputs.discovery;
    for (let n = 0; n < 30; n++) {
      await orchestrator.advance({ workflowId, role, completedState: 'discovery', result });
      await orchestrator.requestRetry({ workflowId, reason: 'again' });
    }
    const client = connect(grpcAddress);
    for (const [pageSize, portions] of [
      [2, [2]],
      // A first portion tells that the rest is small, too.
      [50, [2, 48]],
    ] as const) {
      asked.length = 0;
      const page = await client.call('getWorkflowHistory', { workflowId, pageSize });
      expect(page.handoffs).toHaveLength(pageSize);
      expect(page.nextPageToken).toBeTruthy();
      expect(asked).toEqual(portions);
    }
    for (const pageSize of [0, 1001]) {
      const refused = client.call('getWorkflowHistory', { workflowId, pageSize });
      await expect(refused).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    }
  });

  it('gets every workflow, in pages that are cut by their size', async () => {
    const { grpcAddress, orchestrator } = await startServer();
    const client = connect(grpcAddress);
    const text = 'x'.repeat(60 * 1024);
    const questions = Array.from({ length: 20 }, () => ({ text }));
    for (let n = 0; n < 5; n++) {
      const { workflowId } = await orchestrator.start({ ...aBuild, buildId: `b${n}` });
      const worker = { workflowId, worker: 'w', roles: [role], leaseMs: 3_600_000 };
      const { claim } = await orchestrator.claim(worker);
      await orchestrator.ask({ workflowId, claimToken: claim.token, questions });
    }
    const builds: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await client.call('listWorkflows', { pageToken });
      builds.push(...page.workflows.map(({ buildId }: { buildId: string }) => buildId));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(builds.sort()).toEqual(['b0', 'b1', 'b2', 'b3', 'b4']);
  });
});
