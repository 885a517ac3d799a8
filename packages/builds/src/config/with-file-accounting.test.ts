import type { Assignment, Note, Outcome, RoleContext } from '@baton/core';
import { expect, it } from 'vitest';
import { withFileAccounting } from './with-file-accounting.ts';
import { workspaceSchema } from './workspace-schema.ts';

const CONFIG = { workspace: workspaceSchema.parse({ protected: ['acceptance/'] }) };
const PROTECTED = 'acceptance/a.test.ts';
const VIOLATION = `protected files are changed: ${PROTECTED}; no role may change acceptance/: put them back as they were`;
const done: Outcome = { kind: 'advance', result: {} };

/** What becomes of an answer. @param changed the files that are changed, one list for each look. */
async function account(role: string, answer: Outcome, ...changed: (readonly string[])[]) {
  const noted: Note[] = [];
  let asked = 0;
  const adapter = {
    role,
    perform: async () => {
      asked += 1;
      return answer;
    },
  };
  const changedFiles = async () => changed.shift() ?? expect.fail('looked once more');
  const context = { workspace: { changedFiles }, note: (note: Note) => noted.push(note) };
  const assignment = { state: 'testing', role } as Assignment;
  const accounted = withFileAccounting(adapter, CONFIG);
  const outcome = await accounted.perform(assignment, context as unknown as RoleContext);
  return { outcome, asked, noted: noted.map(({ code, message }) => `${code}: ${message}`) };
}

it.each(['test_auditor', 'verification_overseer', 'release_manager'])(
  'the %s does not begin while protected files are changed',
  async (role) => {
    const found = await account(role, done, [PROTECTED, 'b.ts'], [PROTECTED]);
    expect(found.asked).toBe(0);
    expect(found.outcome).toEqual({
      kind: 'request_retry',
      reason: `${VIOLATION}, and keep commands from changing them, such as the one that installs`,
      targetState: 'implementation',
    });
    expect(found.noted).toEqual([
      `files_sent_back: the work goes back with files that were changed in 'testing': ${PROTECTED}`,
    ]);
  },
);

it('protected files that change while any role works fail the build', async () => {
  const failed = { kind: 'fail', reason: `since the role began its work, ${VIOLATION}` };
  for (const role of ['q_assistant', 'code_writer']) {
    expect(await account(role, done, [PROTECTED])).toMatchObject({ outcome: failed, asked: 1 });
  }
  const judged = await account('test_auditor', done, ['b.ts'], [PROTECTED, 'b.ts']);
  expect(judged).toMatchObject({ outcome: failed, asked: 1 });
});

it('other files are free, and who has to put protected ones back may begin', async () => {
  const fine = { outcome: done, asked: 1, noted: [] };
  expect(await account('code_writer', done, ['b.ts'])).toEqual(fine);
  expect(await account('release_manager', done, ['b.ts'], ['b.ts'])).toEqual(fine);
});

it('files that go back with the work are named, for the next claim does not speak of them', async () => {
  const back: Outcome = { kind: 'request_retry', reason: 'the plan has a gap' };
  const named =
    "files_sent_back: the work goes back with files that were changed in 'testing': b.ts";
  expect((await account('code_writer', back, ['b.ts'])).noted).toEqual([named]);
  expect((await account('test_auditor', back, [], [])).noted).toEqual([]);
});
