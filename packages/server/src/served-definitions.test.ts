import {
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  handOverDefinition,
} from '@baton/core';
import { expect, it } from 'vitest';
import { servedDefinitions } from './served-definitions.ts';

async function usualOf(...args: Parameters<typeof servedDefinitions>): Promise<string> {
  const baton = createOrchestrator({
    store: await createMemoryStore(),
    definitions: servedDefinitions(...args),
  });
  return (await baton.describeDefinition({})).name;
}

it('are the ready-made ones, with the one first that builds run by that name none', async () => {
  expect(await usualOf(undefined, undefined)).toBe('build');
  expect(await usualOf(undefined, 'build-and-hand-over')).toBe('build-and-hand-over');
  expect(servedDefinitions(undefined, 'build-and-hand-over')).toHaveLength(2);
});

it('are those of the policies, where there are policies', () => {
  const own = [buildDefinition({ coverageThreshold: 50 }), handOverDefinition()];
  expect(servedDefinitions(own, undefined)).toBe(own);
  expect(servedDefinitions(own, 'build-and-hand-over')).toEqual(own.toReversed());
});

it('are refused with a name that none of them has', () => {
  expect(() => servedDefinitions(undefined, 'biuld')).toThrow(
    "WORKFLOW_DEFINITION: found 'biuld', expected one of build, build-and-hand-over",
  );
});
