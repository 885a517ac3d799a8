import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryStore } from '../memory/memory-store.ts';
import { defineWorkflow } from '../model/define-workflow.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { setUp } from './testing/set-up.ts';

describe('definitions', () => {
  const states = (to: string) =>
    ({
      ask: { phase: 'asker', output: z.looseObject({ text: z.string() }), to },
      done: { final: true },
      dropped: { final: true },
    }) as const;
  const roles = { asker: { title: 'Asker', instructions: 'Ask.' } };
  const both = {
    ...states('done'),
    ask: { ...states('done').ask, to: ['done', 'dropped'] },
  } as const;
  const v1 = defineWorkflow({ name: 'survey', version: 1, roles, states: both });
  const v2 = defineWorkflow({ name: 'survey', version: 2, roles, states: both });

  it('of a custom workflow run from start to end, along the branch that was named', async () => {
    const { baton } = await setUp({ definitions: [v1] });
    const { workflowId, role } = await baton.start(aBuild());
    expect(role).toBe('asker');
    const ask = { workflowId, role: 'asker', completedState: 'ask', result: { text: 'yes' } };
    await expect(baton.advance(ask)).rejects.toMatchObject({
      code: 'invalid_input',
      legal: ['done', 'dropped'],
    });
    await expect(baton.advance({ ...ask, nextState: 'dropped' })).resolves.toMatchObject({
      complete: true,
    });
  });

  it('stay with the workflow that started with them', async () => {
    const store = await createMemoryStore();
    const { baton: old } = await setUp({ store, definitions: [v1] });
    const { workflowId } = await old.start(aBuild());
    const { baton } = await setUp({ store, definitions: [v1, v2] });
    expect(await baton.status({ workflowId })).toMatchObject({ definition: { version: 1 } });
    const newer = await baton.start(aBuild());
    expect((await baton.status({ workflowId: newer.workflowId })).definition.version).toBe(2);
    expect(baton.describeDefinition({}).version).toBe(2);
    const { baton: without } = await setUp({ store, definitions: [v2] });
    const ask = { workflowId, role: 'asker', completedState: 'ask', result: { text: 'yes' } };
    await expect(without.advance(ask)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are listed by name, the newest version of each first, with the one that is used by default', async () => {
    const named = (name: string, version: number) =>
      defineWorkflow({ name, version, roles, states: both });
    const definitions = [v1, named('zoo', 1), named('article', 3), named('article', 10), v2];
    const { baton } = await setUp({ definitions });
    expect(baton.listDefinitions()).toEqual([
      { name: 'article', version: 10, isDefault: false },
      { name: 'article', version: 3, isDefault: false },
      { name: 'survey', version: 2, isDefault: true },
      { name: 'survey', version: 1, isDefault: false },
      { name: 'zoo', version: 1, isDefault: false },
    ]);
    const { name, version } = baton.describeDefinition({});
    expect(baton.listDefinitions().filter(({ isDefault }) => isDefault)).toEqual([
      { name, version, isDefault: true },
    ]);
  });

  it('that a process does not have keep nothing else from it', async () => {
    const store = await createMemoryStore();
    const { baton: old } = await setUp({ store, definitions: [v1] });
    const { baton } = await setUp({ store, definitions: [v2] });
    const foreign = await old.start(aBuild());
    const own = await baton.start(aBuild());
    const work = await baton.listClaimable({ roles: ['asker'] });
    expect(work.map(({ workflowId }) => workflowId)).toEqual([own.workflowId]);
    expect((await baton.list({})).workflows).toHaveLength(2);
    const status = await baton.status({ workflowId: foreign.workflowId });
    expect(status.expectedNext.description).toContain("does not have definition 'survey@1'");
  });

  it('that are unknown are refused with those there are', async () => {
    const { baton } = await setUp();
    await expect(baton.start(aBuild({ definition: { name: 'nope' } }))).rejects.toMatchObject({
      code: 'invalid_input',
      legal: ['build@1', 'build-and-hand-over@1'],
    });
  });
});
