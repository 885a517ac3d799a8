import { passingOutputs } from '@baton/core/testing';
import { status as Code, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect, toRefusal } from './grpc-client.ts';
import { aBuild, startServer, type TestServer } from './start-server.ts';
import { fromStruct } from './struct.ts';

async function startBuild({ orchestrator }: TestServer): Promise<string> {
  return (await orchestrator.start({ ...aBuild, buildId: 'b1' })).workflowId;
}

async function complete({ orchestrator }: TestServer, workflowId: string): Promise<void> {
  for (;;) {
    const { state, role } = await orchestrator.status({ workflowId });
    if (role === undefined) return;
    const result = passingOutputs[state as keyof typeof passingOutputs];
    await orchestrator.advance({
      workflowId,
      role,
      completedState: state,
      ...(result && { result }),
    });
  }
}

describe('a watch over gRPC', () => {
  it('delivers every event without a gap and ends when the workflow is complete', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    const stream = connect(server.grpcAddress).watch({ workflowId });
    const building = complete(server, workflowId);
    const events = [];
    for await (const { event } of stream) events.push(event);
    await building;
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({
      workflowId,
      type: 'workflow_started',
      revision: 1,
      epoch: 1,
    });
    expect(fromStruct(events.at(-1).data)).toMatchObject({ from: 'deployment', to: 'complete' });
  });

  it('goes on after the last sequence seen', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    await complete(server, workflowId);
    const events = [];
    const stream = connect(server.grpcAddress).watch({ workflowId, afterSequence: 4 });
    for await (const { event } of stream) events.push(event.sequence);
    expect(events).toEqual([5, 6, 7, 8, 9, 10, 11]);
  });

  it('ends where nothing is left when it was asked not to follow', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    const events = [];
    const stream = connect(server.grpcAddress).watch({ workflowId, follow: false });
    for await (const { event } of stream) events.push(event.sequence);
    expect(events).toEqual([1]);
  });

  it('refuses an unknown workflow with details', async () => {
    const { grpcAddress } = await startServer();
    const stream = connect(grpcAddress).watch({ workflowId: 'nope' });
    stream.on('data', () => {});
    const error = await new Promise<ServiceError>((resolve) => stream.once('error', resolve));
    expect(toRefusal(error)).toMatchObject({
      code: Code.NOT_FOUND,
      info: { reason: 'NOT_FOUND' },
    });
  });
});
