import type { Outcome } from '@baton/core';
import { expect, it } from 'vitest';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { reviewed } from './reviewed.ts';
import { unchangedFilesReview } from './reviews.ts';

const done: Outcome = { kind: 'advance', result: { steps: ['a'] } };
const assignment = assignmentOf({ state: 'planning', role: 'q_assistant' });

it('who plans goes no further as long as files differ from how the phase began', async () => {
  const workspace = folderWorkspace({ 'a.ts': 'a' });
  const context = contextOf(workspace);
  const role = roleOf('q_assistant', ({ feedback }) => {
    workspace.write('a.ts', feedback === undefined ? 'planted' : 'a');
    return done;
  });
  const planning = reviewed(role, [unchangedFilesReview]);
  expect(await planning.perform(assignment, context)).toEqual(done);
  const message =
    "files were changed in 'planning', which claims none: a.ts; put them back as they were; have what tools leave behind ignored";
  expect(context.noted).toEqual([{ code: 'claim_refused', message }]);
  expect(role.asked[1]?.feedback?.reason).toContain(message);
});

it('the build stops when it insists, and work of phases before is nothing to it', async () => {
  const changedFiles = async (since: string) => (since === 'entry' ? [] : ['b.ts']);
  const role = reviewed(
    roleOf('q_assistant', () => done),
    [unchangedFilesReview],
  );
  const earlier = contextOf({ ...folderWorkspace(), changedFiles });
  expect(await role.perform(assignment, earlier)).toEqual(done);
  expect(await role.perform(assignment, contextOf())).toEqual(done);
  const workspace = folderWorkspace();
  workspace.write('new.ts', 'x');
  const { message } = await failure(role.perform(assignment, contextOf(workspace)));
  expect(message).toContain("changed in 'planning', which claims none: new.ts;");
});
