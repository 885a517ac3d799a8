import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, Workspace } from '@baton/core';
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import type { OutcomeReview } from './outcome-review.ts';
import { reviewed } from './reviewed.ts';
import { claimedFilesReview, outwardLinksReview } from './reviews.ts';

const claims = (...changedFiles: string[]): Outcome => ({
  kind: 'advance',
  result: { summary: 'done', changedFiles },
});

/** A role that gives `answers` one after another, in a workspace where `b.ts` is changed. */
function reviewing(answers: readonly Outcome[], attempts?: number) {
  const workspace = folderWorkspace({ 'a.ts': 'a', 'b.ts': 'b' });
  workspace.write('b.ts', 'changed');
  const context = contextOf(workspace);
  const role = roleOf('code_writer', () => answers[role.asked.length - 1] as Outcome);
  const options = { now: () => 7, attempts };
  const adapter = reviewed(role, [claimedFilesReview], options);
  return { adapter, role, context };
}

describe('reviewed', () => {
  it('lets an honest claim pass', async () => {
    const { adapter, context, role } = reviewing([claims('./b.ts')]);
    expect(await adapter.perform(assignmentOf(), context)).toEqual(claims('./b.ts'));
    expect(role.asked).toEqual([assignmentOf()]);
    expect(context.noted).toEqual([]);
  });

  it('asks again with what was wrong, beside the feedback that was there', async () => {
    const { adapter, context, role } = reviewing([claims('a.ts'), claims('b.ts')]);
    const feedback = {
      reason: 'tests failed',
      details: '1 of 2',
      fromState: 'testing',
      fromRole: 'test_auditor',
      at: 1,
    };
    const assignment = assignmentOf({ feedback });
    expect(await adapter.perform(assignment, context)).toEqual(claims('b.ts'));
    const invented = 'changedFiles claims files that are not changed: a.ts';
    const hidden = 'changedFiles leaves out files that were changed: b.ts';
    expect(role.asked[1]?.feedback).toEqual({
      reason: `the answer was refused: ${invented}; ${hidden}`,
      details: [invented, hidden, 'The work came back before: tests failed', '1 of 2'].join('\n'),
      fromState: 'implementation',
      fromRole: 'code_writer',
      at: 7,
    });
    expect(context.noted).toEqual([
      { code: 'claim_refused', message: invented },
      { code: 'claim_refused', message: hidden },
    ]);
  });

  it('fails with the last violations when the role never gets it right', async () => {
    const { adapter, context, role } = reviewing([claims('x'), claims('b.ts', 'y')], 2);
    const error = await failure(adapter.perform(assignmentOf(), context));
    expect(error).toMatchObject({
      code: 'invalid_input',
      retryable: false,
      message: expect.stringContaining('refused 2 times'),
      violations: [
        { field: 'result', description: 'changedFiles claims files that are not changed: y' },
      ],
    });
    expect(role.asked).toHaveLength(2);
  });

  it('reviews only what claims to be done', async () => {
    const sentBack: Outcome = { kind: 'request_retry', reason: 'the plan has a gap' };
    const { adapter, context } = reviewing([sentBack]);
    expect(await adapter.perform(assignmentOf(), context)).toEqual(sentBack);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an advance without a result', { kind: 'advance' }],
  ])('leaves %s to the runner, which says what is wrong with it', async (_, answer) => {
    const { adapter, context } = reviewing([answer as unknown as Outcome]);
    expect(await adapter.perform(assignmentOf(), context)).toBe(answer);
  });

  it('accepts that a file is deleted again that an earlier attempt had added', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'a' });
    // Nothing differs from the start; since the entry, the file was removed.
    const changedFiles = async (since?: 'start' | 'entry') => (since === 'entry' ? ['b.ts'] : []);
    const snapshot = async () => ({ ...(await workspace.snapshot()), changedFiles });
    const context = contextOf({ ...workspace, snapshot });
    const role = roleOf('code_writer', () => claims('b.ts'));
    const adapter = reviewed(role, [claimedFilesReview], { attempts: 1 });
    expect(await adapter.perform(assignmentOf(), context)).toEqual(claims('b.ts'));
  });

  it('holds every review to the same files, read once', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'a' });
    workspace.write('b.ts', 'b');
    const read = vi.fn(workspace.snapshot);
    const seen: (readonly string[])[] = [];
    const spoiling: OutcomeReview = async (_outcome, _assignment, context) => {
      seen.push((await context.workspace?.changedFiles('entry')) ?? []);
      workspace.write('c.ts', 'c');
      return [];
    };
    const role = roleOf('code_writer', () => claims('b.ts'));
    const context = contextOf({ ...workspace, snapshot: read });
    const adapter = reviewed(role, [spoiling, spoiling, claimedFilesReview], { attempts: 1 });
    expect(await adapter.perform(assignmentOf(), context)).toEqual(claims('b.ts'));
    expect(seen).toEqual([['b.ts'], ['b.ts']]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('takes a workspace that is frozen', async () => {
    const folder = folderWorkspace({ 'a.ts': 'a' });
    folder.write('b.ts', 'b');
    const adapter = reviewed(
      roleOf('code_writer', () => claims('b.ts')),
      [claimedFilesReview],
    );
    const context = contextOf(Object.freeze(folder));
    expect(await adapter.perform(assignmentOf(), context)).toEqual(claims('b.ts'));
  });

  it('takes a workspace that is an instance of a class', async () => {
    const folder = folderWorkspace({ 'a.ts': 'a' });
    folder.write('b.ts', 'b');
    class OwnWorkspace {
      readonly #inner = folder;
      readonly path = folder.path;
      resolve(path: string) {
        return this.#inner.resolve(path);
      }
      snapshot() {
        return this.#inner.snapshot();
      }
    }
    symlinkSync('a.ts', join(folder.path, 'link'));
    const role = roleOf('code_writer', () => claims('b.ts', 'link'));
    const adapter = reviewed(role, [claimedFilesReview, outwardLinksReview], { attempts: 1 });
    const context = contextOf(new OwnWorkspace() as unknown as Workspace);
    expect(await adapter.perform(assignmentOf(), context)).toEqual(claims('b.ts', 'link'));
  });

  it('reads no files for reviews that ask nothing about them', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'a' });
    const read = vi.fn(workspace.snapshot);
    const role = roleOf('q_assistant', () => ({ kind: 'advance', result: { summary: 'done' } }));
    const context = contextOf({ ...workspace, snapshot: read });
    await reviewed(role, [claimedFilesReview]).perform(assignmentOf(), context);
    expect(read).not.toHaveBeenCalled();
  });

  it('names the first files of many and counts the rest', async () => {
    const many = Array.from({ length: 25 }, (_, i) => `f${i}.ts`);
    const { adapter, context } = reviewing([claims('b.ts', ...many)], 1);
    const { message } = await failure(adapter.perform(assignmentOf(), context));
    expect(message).toContain('f19.ts and 5 more');
    expect(message).not.toContain('f20.ts');
  });
});
