import type { Assignment } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { assignmentFingerprint, assignmentView } from './assignment-fingerprint.ts';

const feedback = {
  reason: '1 of 2 tests failed: a',
  details: 'at 12:30, in /tmp/x1',
  fromState: 'testing',
  fromRole: 'test_auditor',
  at: 1,
};

const ANSWERED = { question: 'Which colour?', answer: 'red', answeredBy: 'ada' };

const base = assignmentOf({
  feedback,
  checkpoint: { commit: 'c1', digest: 'd1' },
  inputs: { planning: { steps: ['one'], risks: [] }, discovery: { summary: 's' } },
});

const fingerprint = async (assignment: Assignment): Promise<string> =>
  assignmentFingerprint(await assignmentView(assignment, contextOf()));

describe('the fingerprint of an assignment', () => {
  it.each<[string, Partial<Assignment>]>([
    ['ids', { workflowId: 'w2', buildId: 'b2', projectId: 'p2', userId: 'u2' }],
    ['epoch and attempt', { epoch: 7, attempt: 3 }],
    ['the deadline', { deadline: 5 }],
    [
      'instructions, schema and gates',
      { instructions: 'x', outputSchema: { a: 1 }, gates: { g: '' } },
    ],
    ['metadata', { metadata: { trace: 't2' } }],
    ['details and time of the feedback', { feedback: { ...feedback, details: undefined, at: 9 } }],
    ['the commit of the checkpoint', { checkpoint: { commit: 'c2', digest: 'd1' } }],
    [
      'the order of keys',
      { inputs: { discovery: { summary: 's' }, planning: { risks: [], steps: ['one'] } } },
    ],
    [
      'evidence and durations at any depth of the inputs',
      {
        inputs: {
          discovery: { summary: 's', evidence: [{ startedAt: 1 }] },
          planning: { steps: ['one'], risks: [], durationMs: 4 },
        },
      },
    ],
  ])('does not depend on %s', async (_, changes) => {
    expect(await fingerprint({ ...base, ...changes })).toBe(await fingerprint(base));
  });

  it.each<[string, Partial<Assignment>]>([
    ['definition', { definition: { name: 'build', version: 2 } }],
    ['state', { state: 'testing' }],
    ['role', { role: 'test_auditor' }],
    ['requirements', { requirements: { request: 'something else' } }],
    ['inputs', { inputs: { planning: { steps: ['two'], risks: [] } } }],
    ['the order of a list', { inputs: { planning: { steps: ['one', 'b'], risks: [] } } }],
    ['feedback', { feedback: undefined }],
    ['the reason of the feedback', { feedback: { ...feedback, reason: 'another' } }],
    ['the state that the feedback is from', { feedback: { ...feedback, fromState: 'x' } }],
    ['the role that the feedback is from', { feedback: { ...feedback, fromRole: 'x' } }],
    ['the files', { checkpoint: { commit: 'c1', digest: 'd2' } }],
    ['a workspace', { checkpoint: undefined }],
    ['answers', { answers: [ANSWERED] }],
  ])('depends on %s', async (_, changes) => {
    expect(await fingerprint({ ...base, ...changes })).not.toBe(await fingerprint(base));
  });

  it('depends on what was answered, not on who did', async () => {
    const answered = (changes: Partial<typeof ANSWERED>) =>
      fingerprint({ ...base, answers: [{ ...ANSWERED, ...changes }] });
    expect(await answered({ answeredBy: 'bob' })).toBe(await answered({}));
    expect(await answered({ answer: 'blue' })).not.toBe(await answered({}));
  });

  it('is as it was before answers counted, where there are none', async () => {
    expect(await assignmentView(base, contextOf())).not.toHaveProperty('answers');
  });

  it('keeps evidence that the requirements speak of', async () => {
    const asked = (evidence: string) => fingerprint({ ...base, requirements: { evidence } });
    expect(await asked('a')).not.toBe(await asked('b'));
  });

  it('takes the digest of the workspace before the first checkpoint', async () => {
    const view = async (files: Record<string, string>) =>
      assignmentView(assignmentOf(), contextOf(folderWorkspace(files)));
    expect((await view({ a: '1' })).workspace).toBe(await folderWorkspace({ a: '1' }).digest());
    expect(await view({ a: '1' })).not.toEqual(await view({ a: '2' }));
  });
});
