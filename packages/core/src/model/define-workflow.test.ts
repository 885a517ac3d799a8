import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineWorkflow } from './define-workflow.ts';
import { describeDefinition } from './describe-definition.ts';
import { BatonError } from './errors.ts';
import type { WorkflowOptions } from './workflow-options.ts';

const output = z.looseObject({ text: z.string() });
const roles = {
  writer: { title: 'Writer', instructions: 'Write.' },
  editor: { title: 'Editor', instructions: 'Edit.' },
};
const article: WorkflowOptions = {
  name: 'article',
  version: 1,
  roles,
  states: {
    draft: { phase: 'writer', output, to: 'desk' },
    desk: { handoff: ['writer', 'editor'], to: 'edit', retryTo: 'draft' },
    edit: { phase: 'editor', output, to: ['published', 'binned'], retryTo: 'draft' },
    published: { final: true },
    binned: { final: true },
  },
  retries: [['edit', 'draft']],
};

function problemsOf(options: WorkflowOptions): string[] {
  try {
    defineWorkflow(options);
  } catch (error) {
    expect(error).toBeInstanceOf(BatonError);
    return (error as BatonError).violations.map(({ description }) => description);
  }
  return [];
}

describe('defineWorkflow', () => {
  it('adds error, and the ways into it and out of it', () => {
    const { transitions, progress, initial } = defineWorkflow(article);
    const of = (kind: string) =>
      transitions.filter((t) => t.kind === kind).map(({ from, to }) => `${from}→${to}`);
    expect(of('forward')).toEqual(['draft→desk', 'desk→edit', 'edit→published', 'edit→binned']);
    expect(of('retry')).toEqual(['edit→draft']);
    expect(of('failure')).toEqual(['draft→error', 'desk→error', 'edit→error']);
    expect(of('recovery')).toEqual(['error→draft', 'error→edit']);
    expect(initial).toBe('draft');
    expect(progress).toEqual({
      draft: 0,
      desk: 33,
      edit: 67,
      published: 100,
      binned: 100,
      error: 0,
    });
  });

  it.each([
    [
      'a state that nothing leads to',
      { lost: { phase: 'writer', output, to: 'published' } },
      "state 'lost' is unreachable from 'draft'",
    ],
    [
      'a loop without a way out',
      { edit: { phase: 'editor', output, to: 'draft' } },
      "state 'edit' is a dead end: no way to a final state",
    ],
    [
      'a state without a way on',
      { edit: { phase: 'editor', output, to: [] } },
      "state 'edit' is a dead end and not final",
    ],
    [
      'a state without an owner',
      { edit: { phase: 'nobody', output, to: 'published' } },
      "state 'edit' has no owner: 'nobody' is not a role; roles: writer, editor",
    ],
    [
      'an unknown target',
      { edit: { phase: 'editor', output, to: 'nowhere' } },
      "state 'edit' leads to unknown state 'nowhere'",
    ],
    [
      'a retry to a border',
      { edit: { phase: 'editor', output, to: 'published', retryTo: 'desk' } },
      "state 'edit' retries to 'desk', no phase",
    ],
    [
      'its own error state',
      { error: { final: true } },
      "the state 'error' is added by itself; leave it out",
    ],
    [
      'a name that is none',
      { 'My State': { final: true } },
      "'My State' is no name; expected ^[a-z][a-z0-9_]{0,63}$",
    ],
  ] as const)('refuses %s', (_, states, problem) => {
    const all = { ...article.states, ...states } as WorkflowOptions['states'];
    expect(problemsOf({ ...article, states: all, retries: [] })).toContain(problem);
  });

  it('refuses a version that is none, a definition without a final state, and one without states', () => {
    expect(problemsOf({ ...article, version: 0 })[0]).toContain(
      'expected a whole number from 1 on',
    );
    const loop = {
      draft: { phase: 'writer', output, to: 'edit' },
      edit: { phase: 'editor', output, to: 'draft' },
    };
    expect(problemsOf({ ...article, states: loop, retries: [] })).toContain('no state is final');
    expect(problemsOf({ ...article, states: {}, retries: [] })).toContain('there are no states');
  });

  it('refuses a first state in which nobody works', () => {
    const states = {
      start: { handoff: ['writer', 'editor'], to: 'draft' },
      ...article.states,
    } as const;
    expect(problemsOf({ ...article, states })).toEqual(["the first state 'start' must be a phase"]);
  });

  it('reports everything that is wrong at once', () => {
    const states = { ...article.states, edit: { phase: 'nobody', output, to: 'nowhere' } };
    expect(problemsOf({ ...article, version: -1, states }).length).toBeGreaterThanOrEqual(3);
  });

  it('can be described as plain JSON, with the schema of every output', () => {
    const described = describeDefinition(defineWorkflow(article));
    expect(JSON.parse(JSON.stringify(described))).toMatchObject({
      name: 'article',
      initial: 'draft',
      states: [
        {
          name: 'draft',
          kind: 'phase',
          owners: ['writer'],
          outputSchema: { type: 'object', required: ['text'] },
        },
        { name: 'desk', kind: 'handoff', owners: ['writer', 'editor'], retryTo: 'draft' },
        { name: 'edit' },
        { name: 'published', kind: 'final', owners: [] },
        { name: 'binned' },
        { name: 'error', kind: 'error' },
      ],
    });
  });
});
