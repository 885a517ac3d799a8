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

const gate = { name: 'long_enough', description: '', check: () => undefined };

const withState = (edit: object) => ({ ...article, states: { ...article.states, edit } });

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
      { edit: { phase: 'unknown', output, to: 'published' } },
      "state 'edit' has no owner: 'unknown' is not a role; roles: writer, editor",
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
      'a handoff between one and the same',
      { desk: { handoff: ['writer', 'writer'], to: 'edit' } },
      "'writer' hands state 'desk' over to itself: leave the handoff out",
    ],
    [
      'a handoff without two owners',
      { desk: { handoff: ['writer'], to: 'edit' } },
      "state 'desk' needs two owners, the giver and the taker; found writer",
    ],
    [
      'a handoff that branches',
      { desk: { handoff: ['writer', 'editor'], to: ['edit', 'binned'] } },
      "handoff 'desk' leads to several states: no role works there to choose one; branch in a phase",
    ],
    [
      'a retry that leads forward',
      { draft: { phase: 'writer', output, to: 'desk', retryTo: 'edit' } },
      "a retry from 'draft' to 'edit' does not go back",
    ],
    [
      'a way forward that leads back',
      { edit: { phase: 'editor', output, to: ['draft', 'published'] } },
      "state 'draft' leads forward to itself again; work goes back by retries, not forward",
    ],
    [
      'a name that every object has a meaning for',
      { constructor: { final: true } },
      "'constructor' is no name; expected ^[a-z][a-z0-9_]{0,63}$",
    ],
    [
      'an output that JSON cannot be',
      { edit: { phase: 'editor', output: z.date() as never, to: 'published' } },
      "state 'edit' has no usable output schema: Date cannot be represented in JSON Schema",
    ],
    [
      'two gates of one name',
      { edit: { phase: 'editor', output, to: 'published', gates: [gate, gate] } },
      "state 'edit' has two gates named 'long_enough'",
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

  it.each([
    ['nothing at all', undefined],
    ['a definition without states', { ...article, states: null }],
    ['a state of two kinds', withState({ phase: 'writer', handoff: ['writer', 'editor'] })],
    ['a state of no kind', withState({ kind: 'phase', to: 'published' })],
    ['a final state that leads on', withState({ final: true, to: 'published' })],
    ['a final state that is none', withState({ final: false })],
    ['owners that are no list', withState({ handoff: 'writer', to: 'published' })],
  ])('refuses %s as no definition', (_, options) => {
    expect(() => defineWorkflow(options as never)).toThrow(BatonError);
  });

  it('refuses approvals and separations of what there is not, and approvals by roles', () => {
    const approvals = [
      { from: 'edit', to: 'draft' },
      { from: 'edit', to: 'published', by: ['writer'] },
      { from: 'edit', to: 'published', by: ['grace'] },
      { from: 'constructor', to: 'draft' },
    ];
    const separations = [
      { phase: 'edit', from: 'desk', by: 'worker' },
      { phase: 'edit', from: 'edit', by: 'worker' },
    ] as const;
    expect(problemsOf({ ...article, approvals, separations })).toEqual([
      "approval edit → draft: there is no such forward transition; 'edit' leads to published, binned",
      "'writer' is a role: approvals are given by people",
      'approval edit → published stands twice: name all who may decide in one',
      'approval constructor → draft: there is no such forward transition',
      "separation of 'edit' from 'desk': 'desk' is no phase; phases: draft, edit",
      "'edit' cannot be separated from itself",
    ]);
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

  it('refuses a first state in which no role works', () => {
    const states = {
      start: { handoff: ['writer', 'editor'], to: 'draft' },
      ...article.states,
    } as const;
    expect(problemsOf({ ...article, states })).toEqual(["the first state 'start' must be a phase"]);
  });

  it('reports everything that is wrong at once', () => {
    const states = { ...article.states, edit: { phase: 'unknown', output, to: 'nowhere' } };
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
