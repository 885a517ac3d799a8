import {
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  handOverDefinition,
} from '@baton/core';
import { expect, it } from 'vitest';
import { chooseDefinition } from './definition-of.ts';

const RELEASE = {
  commands: {
    deploy: { argv: ['true'], target: 'production' },
    smoke: [{ name: 'home', argv: ['true'] }],
  },
} as unknown as Parameters<typeof chooseDefinition>[0];
const HAND_OVER = { commands: {} } as typeof RELEASE;

it.each([
  [
    'a branch, whatever the server usually does',
    HAND_OVER,
    [buildDefinition(), handOverDefinition()],
    'build-and-hand-over',
  ],
  [
    'a deployment by the default of the server',
    RELEASE,
    [buildDefinition(), handOverDefinition()],
    'build',
  ],
  [
    'a deployment where the server usually hands over',
    RELEASE,
    [handOverDefinition(), buildDefinition()],
    'build',
  ],
  [
    "a deployment by a definition of the server's own",
    RELEASE,
    [{ ...buildDefinition(), name: 'company' }],
    'company',
  ],
])('ends builds with %s', async (_what, config, definitions, name) => {
  const baton = createOrchestrator({ store: await createMemoryStore(), definitions });
  const chosen = await chooseDefinition(config, baton);
  expect((await baton.describeDefinition(chosen)).name).toBe(name);
});
