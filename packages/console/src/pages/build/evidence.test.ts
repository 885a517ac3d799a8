import type { Artifact, Handoff } from '@baton/core/api';
import { expect, it } from 'vitest';
import { evidenceOf, recordsKept, recordsOf, staleness } from './evidence.ts';
import type { Entry } from './timeline.ts';

const artifact = {
  ...{ number: 1, kind: 'output', name: 'test', state: 'testing', epoch: 1, attempt: 1 },
  ...{ digest: 'd1', treeDigest: 'tree-1', superseded: false },
} as Artifact;

const attempt = {
  kind: 'attempt',
  sequence: 2,
  state: 'testing',
  epoch: 1,
  attempt: 1,
  withdrawnBy: 3,
} as Entry;
const sentBack = {
  kind: 'happening',
  sequence: 3,
  title: 'Sent back to planning',
  by: 'ada',
} as Entry;

const handoff = {
  fromState: 'testing',
  data: {
    evidence: [
      {
        purpose: 'test',
        argv: ['npm', 'test'],
        exitCode: 1,
        durationMs: 5,
        workspaceDigest: 'tree-1',
        artifact: { digest: 'd1' },
      },
    ],
  },
} as unknown as Handoff;

it('says of evidence on another tree that it is stale', () => {
  expect(staleness(artifact, [], 'tree-2')).toBe(
    'Stale: it ran on tree tree-1, and the tree is tree-2 now',
  );
  expect(staleness(artifact, [], 'tree-1')).toBeUndefined();
});

it('says by what evidence was superseded', () => {
  const why = staleness({ ...artifact, superseded: true }, [attempt, sentBack], 'tree-1');
  expect(why).toBe('Superseded: sent back to planning by ada');
});

it('keeps the diff of an attempt that a retry followed, and not of one that was rolled back', () => {
  const diff = { ...artifact, kind: 'diff', superseded: true } as Artifact;
  const after = (type: string) =>
    staleness(diff, [attempt, { ...sentBack, type } as Entry], undefined);
  expect(after('retry_requested')).toBeUndefined();
  expect(after('rollback_requested')).toBe('Superseded: sent back to planning by ada');
});

it('finds the run to what it printed', () => {
  const [item] = evidenceOf([artifact], recordsOf([handoff], undefined), [], 'tree-1');
  expect(item?.record).toMatchObject({ argv: ['npm', 'test'], exitCode: 1 });
});

it('finds no run to the same output on another tree', () => {
  const other = { ...artifact, treeDigest: 'tree-2' };
  const items = evidenceOf([other], recordsOf([handoff], undefined), [], 'tree-2');
  expect(items.map((item) => [item.artifact?.number, item.record?.exitCode])).toEqual([
    [undefined, 1],
    [1, undefined],
  ]);
});

it('takes the record of a run from what was kept of an attempt that came to nothing', () => {
  const kept = { ...artifact, number: 2, kind: 'report', name: 'evidence.json' };
  const artifacts = [artifact, { ...kept, mediaType: 'application/json' } as Artifact];
  const items = evidenceOf(
    artifacts,
    recordsKept(JSON.stringify(handoff.data['evidence']), artifact),
    [],
    undefined,
  );
  expect(items).toHaveLength(1);
  expect(items[0]?.record).toMatchObject({ exitCode: 1 });
  expect(recordsKept('{ no json', artifact)).toEqual([]);
  expect(recordsKept('{"a": 1}', artifact)).toEqual([]);
});

it('shows a run of which nothing else was kept, once, though an output and a report tell of it', () => {
  const text = JSON.stringify(handoff.data['evidence']);
  const records = [...recordsOf([handoff], undefined), ...recordsKept(text, artifact)];
  const items = evidenceOf([], records, [], 'tree-2');
  expect(items).toMatchObject([
    { state: 'testing', epoch: 1, artifact: undefined, record: { exitCode: 1 } },
  ]);
  expect(items[0]?.stale).toContain('it ran on tree tree-1');
  expect(evidenceOf([artifact], records, [], 'tree-1')).toHaveLength(1);
});
