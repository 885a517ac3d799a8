import type { Artifact, JsonObject, WorkflowEvent } from '@baton/core/api';
import { expect, it } from 'vitest';
import { type Checkpoint, checkpointsOf } from './checkpoints.ts';
import { wayBetween } from './way-between.ts';

type Said = readonly [
  type: string,
  data: JsonObject,
  epoch?: number,
  by?: string,
  revision?: number,
];

function trail(...events: readonly Said[]) {
  return events.map(
    ([type, data, epoch = 1, triggeredBy = 'worker-1', revision], index): WorkflowEvent => ({
      ...{ workflowId: 'wf_1', sequence: index + 1, type, data, epoch, triggeredBy },
      ...{ at: 1000 * (index + 1), revision: revision ?? index + 1 },
    }),
  );
}

const started: Said = ['workflow_started', { to: 'planning' }];
const claim = (state: string, epoch = 1, attempt = 1): Said => [
  'assignment_claimed',
  { state, role: 'r', attempt },
  epoch,
];
const tree = (digest: string) => ({ checkpoint: { commit: `c-${digest}`, digest } });
const move = (from: string, to: string, digest: string, epoch = 1): Said => [
  ...(['state_advanced', { from, to, ...tree(digest) }, epoch] as const),
];
let numbers = 0;
const diff = (state: string, treeDigest: string, epoch = 1, attempt = 1, more = {}): Artifact => ({
  ...{ workflowId: 'wf_1', projectId: 'p', role: 'r', mediaType: 'text/x-diff', createdAt: 1 },
  ...{ number: ++numbers, digest: `of ${treeDigest}`, size: 1, compressedSize: 1 },
  ...{ kind: 'diff', name: 'changes.diff', truncated: false, superseded: false },
  ...{ state, epoch, attempt, treeDigest, ...more },
});

/** What leads from one checkpoint to another: its diffs, `-` before one that is undone. */
function way(all: readonly Checkpoint[], from: string, to: string) {
  const at = (name: string) => all.find((one) => one.name === name) as Checkpoint;
  const found = wayBetween({ all }, at(from), at(to));
  if (found.kind === 'gap') return found.gaps.map(({ name, link }) => [name, link]);
  return found.steps.map(({ artifact, isBack }) => `${isBack ? '-' : ''}${artifact.treeDigest}`);
}

const PLANNED = [started, claim('planning'), move('planning', 'writing', 't0')] as const;
const IN_PLANNING = 'After planning, epoch 1';
const IN_WRITING = 'After writing, epoch 1';

it('goes from the start over each attempt that changed files, and back', () => {
  const events = trail(
    ...PLANNED,
    ...[claim('writing'), move('writing', 'testing', 't1')],
    ...[claim('testing'), move('testing', 'deployment', 't2')],
  );
  const { all, current } = checkpointsOf(events, [diff('writing', 't1'), diff('testing', 't2')]);
  expect(all.map(({ name, digest }) => [name, digest])).toEqual([
    ['Start', 't0'],
    [IN_PLANNING, 't0'],
    [IN_WRITING, 't1'],
    ['After testing, epoch 1', 't2'],
  ]);
  expect(current.digest).toBe('t2');
  expect(way(all, 'Start', 'After testing, epoch 1')).toEqual(['t1', 't2']);
  expect(way(all, 'After testing, epoch 1', IN_PLANNING)).toEqual(['-t2', '-t1']);
});

it('goes on with the files where work is sent back, those of the attempt that sent it included', () => {
  const back = { from: 'testing', to: 'writing', reason: 'red', retries: 1, ...tree('t2') };
  const events = trail(
    ...PLANNED,
    ...[claim('writing'), move('writing', 'testing', 't1'), claim('testing')],
    ['retry_requested', back, 2, 'r'],
    ...[claim('writing', 2), move('writing', 'testing', 't3', 2)],
  );
  const artifacts = [diff('writing', 't1'), diff('testing', 't2'), diff('writing', 't3', 2)];
  const { all, current } = checkpointsOf(events, artifacts);
  expect(current.name).toBe('After writing, epoch 2');
  expect(all.map(({ left }) => left)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(way(all, 'Start', current.name)).toEqual(['t1', 't2', 't3']);
  // A trail of before, which does not say what tree the work was sent back with.
  const { checkpoint: _, ...unsaid } = back;
  const older = events.map((one) =>
    one.type === 'retry_requested' ? { ...one, data: unsaid } : one,
  );
  expect(checkpointsOf(older, artifacts).all).toEqual(all);
});

it('goes back to the entry of the phase with a rollback, over both hops, and marks what it left', () => {
  const rolledBack = { reason: 'no', withdrawn: ['writing'] };
  const events = trail(
    ...PLANNED,
    ...[claim('writing'), move('writing', 'testing', 't1')],
    [
      'rollback_requested',
      { from: 'testing', to: 'error', target: 'writing', ...rolledBack },
      2,
      'ada',
      9,
    ],
    ['workflow_recovered', { from: 'error', to: 'writing', ...rolledBack }, 2, 'ada', 9],
    ...[claim('writing', 2), move('writing', 'testing', 't2', 2)],
  );
  const { all } = checkpointsOf(events, [diff('writing', 't1'), diff('writing', 't2', 2)]);
  expect(all.map(({ name, left }) => [name, left])).toEqual([
    ['Start', undefined],
    [IN_PLANNING, undefined],
    [IN_WRITING, 'withdrawn'],
    ['After writing, epoch 2', undefined],
  ]);
  expect(way(all, 'Start', 'After writing, epoch 2')).toEqual(['t2']);
  expect(way(all, IN_WRITING, 'After writing, epoch 2')).toEqual(['-t1', 't2']);
});

it('tells a retry out of a failure, which keeps the files, from a rollback out of it', () => {
  const after = (recovered: JsonObject) => {
    const events = trail(
      ...PLANNED,
      ...[claim('writing'), move('writing', 'testing', 't1'), claim('testing')],
      ['workflow_failed', { from: 'testing', phase: 'testing', ...tree('t2') }, 1, 'r'],
      ['workflow_recovered', { from: 'error', to: 'writing', reason: 'x', ...recovered }, 2],
    );
    return checkpointsOf(events, [diff('writing', 't1'), diff('testing', 't2')]).current.digest;
  };
  expect(after({ retries: 1 })).toBe('t2');
  expect(after({ withdrawn: [] })).toBe('t0');
});

it('has the trees of attempts that handed nothing over beside the way', () => {
  const events = trail(
    started,
    claim('planning'),
    ['question_asked', { state: 'planning', questionId: 'q1', text: 'Which?' }],
    ...[claim('planning', 1, 2), move('planning', 'writing', 't2')],
    claim('writing'),
  );
  const underWay = diff('writing', 't9');
  const artifacts = [diff('planning', 't1'), diff('planning', 't2', 1, 2), underWay];
  const { all } = checkpointsOf(events, artifacts);
  expect(all.map(({ name, left }) => [name, left])).toEqual([
    ['Start', undefined],
    ['Left by planning, epoch 1', 'not handed over'],
    ['After planning, epoch 1, attempt 2', undefined],
  ]);
  expect(way(all, 'Left by planning, epoch 1', 'After planning, epoch 1, attempt 2')).toEqual([
    ...['-t1', 't2'],
  ]);
});

it.each<[why: string, more: readonly Said[], artifacts: readonly Artifact[]]>([
  ['no diff of this attempt was kept', [], [diff('writing', 't1')]],
  [
    "'changes.diff' was not kept: the store is full",
    [
      [
        'noted',
        { code: 'artifact_not_kept', message: "'changes.diff' was not kept: the store is full" },
      ],
    ],
    [diff('writing', 't1')],
  ],
  [
    'its diff was too long, and was shortened',
    [],
    [diff('writing', 't1'), diff('testing', 't2', 1, 1, { truncated: true })],
  ],
  // What the attempt changed is in `changes.diff` alone, and only if that is a diff of the same tree.
  [
    'no diff of this attempt was kept',
    [],
    [
      diff('writing', 't1'),
      diff('testing', 't2', 1, 1, { name: 'mine.diff' }),
      diff('testing', 't7'),
    ],
  ],
])('says what is missing: %s', (why, more, artifacts) => {
  const events = trail(
    ...PLANNED,
    ...[claim('writing'), move('writing', 'testing', 't1')],
    ...[claim('testing'), ...more, move('testing', 'deployment', 't2')],
    ...[claim('deployment'), move('deployment', 'complete', 't2')],
  );
  const { all } = checkpointsOf(events, artifacts);
  const gap = ['After testing, epoch 1', { kind: 'gap', why }];
  expect(way(all, 'Start', 'After deployment, epoch 1')).toEqual([gap]);
  expect(way(all, 'Start', IN_WRITING)).toEqual(['t1']);
  expect(way(all, 'After deployment, epoch 1', 'After testing, epoch 1')).toEqual([]);
});

it('does not take a worker that kept nothing for one that changed nothing', () => {
  const events = trail(...PLANNED, claim('writing'), move('writing', 'testing', 't1'));
  const other = events.map((one) => (one.sequence === 2 ? { ...one, triggeredBy: 'other' } : one));
  const { all } = checkpointsOf(other, [diff('writing', 't1')]);
  expect(way(all, 'Start', IN_WRITING)).toEqual([
    [
      IN_PLANNING,
      { kind: 'gap', why: 'worker other kept nothing, so that it is unknown what it changed' },
    ],
  ]);
  expect(way(all, IN_PLANNING, IN_WRITING)).toEqual(['t1']);
});

it('goes around a gap where another way leads to the same tree', () => {
  const rolledBack = { reason: 'no', withdrawn: ['writing'] };
  const events = trail(
    ...PLANNED,
    ...[claim('writing'), move('writing', 'testing', 't1')],
    [
      'rollback_requested',
      { from: 'testing', to: 'error', target: 'writing', ...rolledBack },
      2,
      'ada',
      9,
    ],
    ['workflow_recovered', { from: 'error', to: 'writing', ...rolledBack }, 2, 'ada', 9],
    ...[claim('writing', 2), move('writing', 'testing', 't1', 2)],
  );
  const { all } = checkpointsOf(events, [diff('writing', 't1', 2)]);
  expect(way(all, 'Start', IN_WRITING)).toEqual(['t1']);
});
