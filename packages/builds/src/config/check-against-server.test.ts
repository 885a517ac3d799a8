import { buildDefinition, createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it } from 'vitest';
import { checkAgainstServer } from './check-against-server.ts';
import type { Config } from './load-config.ts';

const config = {
  path: '/x.json',
  approvals: [],
  separations: [],
  roles: {},
  baseline: { isRun: true, failing: 'tolerate' },
} as unknown as Config;

const hold = async (toleratesKnownFailures: boolean): Promise<void> => {
  const definitions = [buildDefinition({ toleratesKnownFailures })];
  const definition = await createOrchestrator({
    store: await createMemoryStore(),
    definitions,
  }).describeDefinition({});
  checkAgainstServer(config, { server: 'http://s', definition, roles: [], replayed: false });
};

it('refuses to tolerate failures that the gates of a server do not let pass', async () => {
  await expect(hold(false)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining("baseline.failing: 'tolerate' is not what http://s allows"),
  });
  await expect(hold(true)).resolves.toBeUndefined();
});
