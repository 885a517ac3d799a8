import { createBatonClient } from '@baton/client';
import { createRunner, type RoleAdapter, type WorkflowEvent } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from './start-server.ts';

const ROLES = [
  ...['q_assistant', 'code_writer', 'test_auditor'],
  ...['verification_overseer', 'release_manager'],
];

it('lets eight workers perform 24 builds without losing a claim to one another', async () => {
  const { orchestrator: baton, grpcAddress } = await startServer();
  const troubles: string[] = [];
  const roles = ROLES.map(
    (role): RoleAdapter => ({
      role,
      perform: async ({ state }) => ({
        kind: 'advance',
        result: { ...passingOutputs[state as keyof typeof passingOutputs] },
      }),
    }),
  );
  for (let worker = 0; worker < 8; worker++) {
    const client = createBatonClient({ baseUrl: `http://${grpcAddress}`, protocol: 'grpc' });
    const runner = createRunner({
      source: client,
      roles,
      worker: `worker-${worker}`,
      onReport(report) {
        if (report.kind === 'trouble') troubles.push(report.error.message);
      },
    });
    onTestFinished(async () => {
      await runner.stop(0);
      client.close();
    });
    void runner.run();
  }
  const ids: string[] = [];
  for (let i = 0; i < 24; i++) {
    const build = { projectId: `p${i % 3}`, buildId: `b${i}`, userId: 'u', requirements: {} };
    ids.push((await baton.start(build)).workflowId);
  }
  const events: WorkflowEvent[] = [];
  for (const workflowId of ids) {
    for await (const event of baton.watch({ workflowId })) events.push(event);
  }
  const count = (wanted: string) => events.filter(({ type }) => type === wanted).length;
  expect([count('assignment_claimed'), count('attempt_lost')]).toEqual([24 * 6, 0]);
  expect(troubles).toEqual([]);
});
