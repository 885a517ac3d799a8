import { createBatonClient } from '@baton/client';
import { status as Code } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { connect, refusal } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { toStruct } from './struct.ts';

const LEGAL = 'discovery, planning, implementation, testing, verification, deployment';

it.each(['__proto__', 'constructor', 'toString'])(
  'caps of %s, which is no phase, are refused whatever way they come',
  async (phase) => {
    const { grpcAddress, httpUrl } = await startServer();
    const budgets = JSON.parse(`{"phases": {"${phase}": {"tokens": 5}}}`);
    const build = { ...aBuild, buildId: 'b1', budgets };
    const description = `there is no phase '${phase}' to cap; phases: ${LEGAL}`;

    const start = connect(grpcAddress).call('startWorkflow', {
      ...build,
      requirements: toStruct(aBuild.requirements),
    });
    expect(await refusal(start)).toMatchObject({
      code: Code.INVALID_ARGUMENT,
      violations: [{ field: `budgets.phases.${phase}`, description }],
    });

    const { projectId, ...body } = build;
    const response = await fetch(`${httpUrl}/api/workflows/${projectId}/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining(description),
    ]);

    for (const protocol of ['connect', 'grpc-web'] as const) {
      const client = createBatonClient({ baseUrl: httpUrl, protocol });
      onTestFinished(() => client.close());
      await expect(client.start(build)).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining(description),
      });
    }
  },
);
