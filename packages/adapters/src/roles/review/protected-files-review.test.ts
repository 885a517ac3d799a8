import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '@baton/core';
import { expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { reviewed } from './reviewed.ts';
import { protectedFilesReview } from './reviews.ts';

const PATTERNS = ['test/acceptance/', 'ci.yml'];
const FILES = { 'a.ts': 'a', 'test/acceptance/a.test.ts': 'a', 'ci.yml': 'strict' };
const done: Outcome = { kind: 'advance', result: { summary: 'nothing of the kind' } };

/** The result of the review for a role that runs `work` once. */
function reviewing(work: (workspace: ReturnType<typeof folderWorkspace>) => void) {
  const workspace = folderWorkspace(FILES);
  const context = contextOf(workspace);
  const role = roleOf('q_assistant', ({ feedback }) => {
    if (feedback === undefined) work(workspace);
    return done;
  });
  const adapter = reviewed(role, [protectedFilesReview(PATTERNS)], { attempts: 2, now: () => 1 });
  return { performing: adapter.perform(assignmentOf(), context), role, context };
}

it.each([
  ['adds', ['test/acceptance/b/new.ts'], 'test/acceptance/b/new.ts', 'x'],
  ['gives the name of, where case is no difference,', ['CI.yml'], 'CI.yml', 'lax'],
  ['changes', ['ci.yml'], 'ci.yml', 'lax'],
])(
  'a role that %s a protected file is told so, and goes no further',
  async (_, names, path, text) => {
    const { performing, role, context } = reviewing((workspace) => workspace.write(path, text));
    const violation = `protected files are changed: ${names}; no role may change test/acceptance/, ci.yml: put them back as they were`;
    expect(await failure(performing)).toMatchObject({
      code: 'invalid_input',
      retryable: false,
      violations: [{ field: 'result', description: violation }],
    });
    expect(role.asked[1]?.feedback?.reason).toContain(violation);
    const note = { code: 'claim_refused', message: violation };
    expect(context.noted).toEqual([note, note]);
  },
);

it('deletions and both ends of a rename count', async () => {
  const { performing } = reviewing(({ path }) => {
    renameSync(join(path, 'ci.yml'), join(path, 'test/acceptance/moved.yml'));
    rmSync(join(path, 'test/acceptance/a.test.ts'));
  });
  expect((await failure(performing)).message).toContain(
    'changed: ci.yml, test/acceptance/a.test.ts, test/acceptance/moved.yml;',
  );
});

it('other files are free, and so is work without a workspace', async () => {
  const { performing } = reviewing((workspace) => workspace.write('test/unit.ts', 'x'));
  expect(await performing).toEqual(done);
  const role = reviewed(
    roleOf('q_assistant', () => done),
    [protectedFilesReview(PATTERNS)],
  );
  expect(await role.perform(assignmentOf(), contextOf())).toEqual(done);
});

it('a change that an earlier attempt left, by a question say, is still refused', async () => {
  const changedFiles = async (since: string) => (since === 'entry' ? [] : ['ci.yml']);
  const context = contextOf({ ...folderWorkspace(FILES), changedFiles });
  const found = await protectedFilesReview(PATTERNS)(done as never, assignmentOf(), context);
  expect(found).toEqual([expect.stringContaining('protected files are changed: ci.yml;')]);
});
