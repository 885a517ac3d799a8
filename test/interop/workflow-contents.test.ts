import type { JsonObject } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { connect } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { fromStruct } from './struct.ts';

const MIB = 1024 * 1024;
const role = 'q_assistant';

/** Many values that take far more bytes as a Struct than as JSON, and lie deep: each level has lengths of its own. */
function inflating(values: number): JsonObject {
  const lists = Math.ceil(values / 100);
  let more: JsonObject = { lists: Array.from({ length: lists }, () => Array(97).fill(0)) };
  for (let depth = 0; depth < 30; depth++) more = { a: more };
  return more;
}

describe('what a workflow is about and what it has come to', () => {
  it('is received by a client with the usual 4 MiB, however much the workflow holds', async () => {
    const { grpcAddress, httpUrl, orchestrator } = await startServer();
    const filler = (bytes: number) => 'x'.repeat(bytes);
    const requirements = { ...inflating(9_000), request: filler(1.9 * MIB) };
    const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1', requirements });
    const more = { ...inflating(9_000), text: filler(0.9 * MIB) };
    const discovery = { ...passingOutputs.discovery, ...more };
    await orchestrator.advance({
      workflowId,
      role,
      completedState: 'discovery',
      result: discovery,
    });
    // As much as it may hold: another 200 KiB are refused.
    const rest = { ...passingOutputs.planning, ...inflating(5_000) };
    const planning = { workflowId, role, completedState: 'planning' };
    await expect(
      orchestrator.advance({ ...planning, result: { ...rest, text: filler(0.2 * MIB) } }),
    ).rejects.toMatchObject({ code: 'limit_exceeded' });
    await orchestrator.advance({ ...planning, result: rest });
    const { workflow } = await connect(grpcAddress).call('getWorkflow', { workflowId });
    expect(fromStruct(workflow.requirements)).toEqual(requirements);
    expect(workflow.outputs.map(({ state }: { state: string }) => state)).toEqual([
      'discovery',
      'planning',
    ]);
    expect(fromStruct(workflow.outputs[0].output)).toEqual(discovery);
    const bare = await fetch(`${httpUrl}/api/workflows/${workflowId}?without_outputs=true`);
    expect(await bare.json()).toMatchObject({
      workflow: { requirements, outputs: [{ state: 'discovery' }, { state: 'planning' }] },
    });
    const answer = await fetch(`${httpUrl}/api/workflows/${workflowId}?phase=planning`);
    expect(await answer.json()).toEqual({
      workflow: expect.objectContaining({
        ...{ workflowId, state: 'handoff_to_coder' },
        outputs: [{ state: 'planning', output: rest }],
      }),
    });
  });
});
