import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it } from 'vitest';
import { createServer } from './server.ts';

it.each([
  ['retireSeconds', -1],
  ['drainSeconds', -1],
  ['drainSeconds', Number.NaN],
  ['drainSeconds', 2_147_484],
  ['heartbeatSeconds', 0],
  ['heartbeatSeconds', 2_147_484],
  ['heartbeatSeconds', Number.POSITIVE_INFINITY],
])('a server refuses %s of %d, which no timer can wait for', async (field, found) => {
  const orchestrator = createOrchestrator({ store: await createMemoryStore() });
  const started = createServer({ orchestrator, grpcPort: 0, httpPort: 0, [field]: found });
  await expect(started).rejects.toMatchObject({ code: 'invalid_input', violations: [{ field }] });
});
