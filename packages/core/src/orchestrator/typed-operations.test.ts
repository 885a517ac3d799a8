import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { createMemoryStore } from '../memory/memory-store.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import { defineWorkflow } from '../model/define-workflow.ts';
import type { BuildState } from '../model/vocabulary.ts';
import type { TypesOf } from '../model/workflow-types.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';
import type { Orchestrator } from './operations.ts';
import { createOrchestrator } from './orchestrator.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';

// The type check runs over tests, too: a line that expects an error and has none is one.

const roles = { writer: { title: 'Writer', instructions: 'Write.' } };
const article = defineWorkflow({
  name: 'article',
  version: 1,
  roles,
  states: {
    draft: {
      phase: 'writer',
      output: z.object({ words: z.int(), title: z.string().optional() }),
      gates: [
        {
          name: 'long_enough',
          description: 'Has words',
          check(output) {
            expectTypeOf(output).toEqualTypeOf<{ words: number; title?: string | undefined }>();
            return output.words > 0 ? undefined : 'found none';
          },
        },
      ],
      to: 'published',
    },
    published: { final: true },
  },
});
const begin = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };

it('a definition has the names and outputs of its options', async () => {
  type Types = TypesOf<typeof article>;
  expectTypeOf<Types['states']>().toEqualTypeOf<'draft' | 'published'>();
  expectTypeOf<Types['roles']>().toEqualTypeOf<'writer'>();
  const states = { only: { final: true } } as const;
  expect(() => {
    const draft = { phase: 'writer', output: z.object({}), to: 'publishd' } as const;
    // @ts-expect-error there is no such state
    defineWorkflow({ name: 'a', version: 1, roles, states: { draft, ...states } });
  }).toThrow('publishd');
  expect(() => {
    const draft = { phase: 'editor', output: z.object({}), to: 'only' } as const;
    // @ts-expect-error there is no such role
    defineWorkflow({ name: 'a', version: 1, roles, states: { draft, ...states } });
  }).toThrow('editor');
});

it('operations take the names and outputs of their definitions alone', async () => {
  const baton = createOrchestrator({ store: await createMemoryStore(), definitions: [article] });
  const { workflowId, state, role } = await baton.start(begin);
  expectTypeOf(state).toEqualTypeOf<'draft' | 'published' | 'error'>();
  expectTypeOf(role).toEqualTypeOf<'writer' | undefined>();
  const draft = { workflowId, role: 'writer', completedState: 'draft' } as const;
  // @ts-expect-error the output has a number
  await expect(baton.advance({ ...draft, result: { words: 'many' } })).rejects.toThrow();
  // @ts-expect-error there is no such state
  await expect(baton.advance({ ...draft, completedState: 'drafd' })).rejects.toThrow();
  // @ts-expect-error there is no such role
  await expect(baton.advance({ ...draft, role: 'editor' })).rejects.toThrow();
  // @ts-expect-error there is no such state
  await expect(baton.rollback({ workflowId, targetState: 'x', reason: 'r' })).rejects.toThrow();
  // @ts-expect-error there is no such phase
  await expect(baton.describeWorkflow({ workflowId, phase: 'drafd' })).rejects.toThrow();
  const { complete } = await baton.advance({ ...draft, result: { words: 1 } });
  expect(complete).toBe(true);
});

it('of several definitions, each name counts, with the output of its own', async () => {
  const definitions = [buildDefinition(), article] as const;
  const baton = createOrchestrator({ store: await createMemoryStore(), definitions });
  const { workflowId, state } = await baton.start(begin);
  expectTypeOf(state).toEqualTypeOf<BuildState | 'draft' | 'published'>();
  const discovery = { workflowId, role: 'q_assistant', completedState: 'discovery' } as const;
  // @ts-expect-error there is no such state
  await expect(baton.advance({ ...discovery, completedState: 'discovry' })).rejects.toThrow();
  // @ts-expect-error requirements are a list
  const wrong = baton.advance({ ...discovery, result: { summary: 's', requirements: 'r' } });
  await expect(wrong).rejects.toThrow();
  const result = { summary: 's', requirements: ['r'] };
  expect((await baton.advance({ ...discovery, result })).state).toBe('planning');
});

it('operations of definitions that are known when they run take any name', async () => {
  const untyped: Orchestrator = createOrchestrator({
    store: await createMemoryStore(),
    definitions: [article],
  });
  const options: OrchestratorOptions = { store: await createMemoryStore(), definitions: [article] };
  const late = createOrchestrator(options);
  for (const baton of [untyped, late]) {
    const { workflowId } = await baton.start(begin);
    const completedState: string = 'draft';
    const role: string = 'writer';
    const result = { words: 1 };
    await baton.advance({ workflowId, role, completedState, result });
  }
  const standard = createOrchestrator({ store: await createMemoryStore() });
  expectTypeOf(standard).toEqualTypeOf<Orchestrator>();
});

it('the simplest role answers different results in its branches', async () => {
  const role: RoleAdapter = {
    role: 'q_assistant',
    perform: async ({ state }) => {
      const discovered = { summary: 's', requirements: ['r'] };
      const planned = { steps: ['s'], testingStrategy: 't', risks: [] };
      return { kind: 'advance', result: state === 'discovery' ? discovered : planned };
    },
  };
  const inferred = async (discovery: boolean) => {
    if (discovery) return { kind: 'advance' as const, result: { summary: 's' } };
    return { kind: 'advance' as const, result: { steps: ['s'] } };
  };
  expectTypeOf(inferred).returns.resolves.toExtend<Awaited<ReturnType<RoleAdapter['perform']>>>();
  expect(role.role).toBe('q_assistant');
});
