import { createRecordedTelemetry } from '@baton/core/testing';
import { WorkflowService } from '@baton/proto';
import { createRouterTransport } from '@connectrpc/connect';
import { expect, it } from 'vitest';
import { createBatonClient } from './node.ts';

/** The `traceparent` headers of the calls that a client makes. */
function setUp(telemetry?: ReturnType<typeof createRecordedTelemetry>) {
  const found: (string | null)[] = [];
  const transport = createRouterTransport(({ service }) =>
    service(WorkflowService, {
      listWorkflows: (_, { requestHeader }) => {
        found.push(requestHeader.get('traceparent'));
        return {};
      },
    }),
  );
  return { found, client: createBatonClient({ transport, telemetry }) };
}

it('a call carries the active span, where there is one', async () => {
  const telemetry = createRecordedTelemetry();
  const { found, client } = setUp(telemetry);
  const span = telemetry.startSpan('work');
  await telemetry.within(span, () => client.list({}));
  await client.list({});
  expect(found).toEqual([span.traceparent, null]);
});

it('a call without telemetry carries none', async () => {
  const { found, client } = setUp();
  await client.list({});
  expect(found).toEqual([null]);
});
