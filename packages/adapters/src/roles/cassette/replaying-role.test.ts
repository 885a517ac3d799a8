import {
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BatonError, type Outcome } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { failure } from '../testing/failure.ts';
import { type FolderWorkspace, folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { type Cassette, openCassette } from './cassette.ts';
import { recordingRole } from './recording-role.ts';
import { replayingRole } from './replaying-role.ts';

const ROLE = 'code_writer';
const advance: Outcome = { kind: 'advance', result: { summary: 'done', changedFiles: ['a'] } };

const newCassette = (): Cassette => openCassette(join(temporaryFolder(), 'cassette.json'));

/** Records `work` on a workspace with `files`. */
async function record(
  files: Record<string, string>,
  work: (workspace: FolderWorkspace) => void,
  { cassette = newCassette(), prepare = (_: FolderWorkspace): void => {} } = {},
) {
  const workspace = folderWorkspace(files);
  prepare(workspace);
  const role = roleOf(ROLE, () => {
    work(workspace);
    return advance;
  });
  const outcome = await recordingRole(role, cassette).perform(assignmentOf(), contextOf(workspace));
  return { cassette: openCassette(cassette.path), workspace, outcome };
}

describe('what was recorded', () => {
  it('is replayed: the same outcome and the same files', async () => {
    const files = { 'a.txt': 'old', 'gone/only.txt': 'x', 'same.txt': 'same' };
    const { cassette, workspace, outcome } = await record(files, (space) => {
      space.write('a.txt', 'new\n');
      space.write('deep/er/b.bin', Buffer.from([0xff, 0x00, 0xfe]));
      space.write('run.sh', '#!/bin/sh\n', 0o755);
      space.write('bom.txt', '\ufeffwith a mark');
      rmSync(join(space.path, 'gone'), { recursive: true });
      symlinkSync('../a.txt', join(space.path, 'deep/link'));
    });
    expect(outcome).toEqual(advance);
    const again = folderWorkspace(files);
    const replayed = await replayingRole(ROLE, cassette).perform(
      assignmentOf({ workflowId: 'another', epoch: 5 }),
      contextOf(again),
    );
    expect(replayed).toEqual(advance);
    expect(again.list()).toEqual(workspace.list());
    expect(await again.digest()).toBe(await workspace.digest());
    expect(readlinkSync(join(again.path, 'deep/link'))).toBe('../a.txt');
    expect(statSync(join(again.path, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(again.path, 'gone'), { throwIfNoEntry: false })).toBeUndefined();
    expect(Object.keys((await cassette.entries())[0]?.files ?? {})).toEqual([
      'a.txt',
      'bom.txt',
      'deep/er/b.bin',
      'deep/link',
      'gone/only.txt',
      'run.sh',
    ]);
  });

  it('may be a change of the mode alone', async () => {
    const { cassette } = await record({ 'run.sh': 'x' }, (space) =>
      space.write('run.sh', 'x', 0o755),
    );
    const again = folderWorkspace({ 'run.sh': 'x' });
    await replayingRole(ROLE, cassette).perform(assignmentOf(), contextOf(again));
    expect(statSync(join(again.path, 'run.sh')).mode & 0o777).toBe(0o755);
  });

  it('may turn a file into a folder, a folder into a file and a link into a file', async () => {
    const files = { file: 'x', 'folder/x': 'x', target: 'untouched' };
    const prepare = (space: FolderWorkspace): void =>
      symlinkSync('target', join(space.path, 'link'));
    const { cassette, workspace } = await record(
      files,
      (space) => {
        for (const path of ['file', 'folder', 'link']) {
          rmSync(join(space.path, path), { recursive: true });
        }
        space.write('file/inside', 'y');
        space.write('folder', 'y');
        space.write('link', 'y');
      },
      { prepare },
    );
    const again = folderWorkspace(files);
    prepare(again);
    await replayingRole(ROLE, cassette).perform(assignmentOf(), contextOf(again));
    expect(await again.digest()).toBe(await workspace.digest());
    expect(again.read('target')).toBe('untouched');
  });

  it('is given again when the assignment is performed again after a crash', async () => {
    const { cassette } = await record({ a: '1' }, (space) => space.write('a', '2'));
    const role = replayingRole(ROLE, cassette);
    for (const attempt of [1, 2, 3]) {
      const workspace = folderWorkspace({ a: '1' });
      const outcome = await role.perform(assignmentOf({ attempt }), contextOf(workspace));
      expect(outcome).toEqual(advance);
      expect(workspace.read('a')).toBe('2');
    }
  });

  it('is replayed over the half of it that a crash left behind', async () => {
    const { cassette } = await record({ a: '1', b: '1' }, (space) => {
      space.write('a', '2');
      rmSync(join(space.path, 'b'));
    });
    const workspace = folderWorkspace({ a: '1', b: '1' });
    const checkpoint = await workspace.checkpoint('entry');
    rmSync(join(workspace.path, 'b'));
    await replayingRole(ROLE, cassette).perform(assignmentOf({ checkpoint }), contextOf(workspace));
    expect(workspace.list()).toEqual(['a']);
    expect(workspace.read('a')).toBe('2');
  });

  it('cannot be changed by the caller that gets it', async () => {
    const { cassette } = await record({}, () => {});
    const role = replayingRole(ROLE, cassette);
    const first = await role.perform(assignmentOf(), contextOf(folderWorkspace()));
    if (first.kind === 'advance') Object.assign(first.result, { summary: 'spoilt' });
    expect(await role.perform(assignmentOf(), contextOf(folderWorkspace()))).toEqual(advance);
  });

  it('works without a workspace', async () => {
    const cassette = newCassette();
    const outcome: Outcome = { kind: 'request_retry', reason: 'the plan has a gap' };
    await recordingRole(
      roleOf(ROLE, () => outcome),
      cassette,
    ).perform(assignmentOf(), contextOf());
    const role = replayingRole(ROLE, openCassette(cassette.path));
    expect(await role.perform(assignmentOf(), contextOf())).toEqual(outcome);
  });

  it('is given in the order of the epochs that it was asked in, the last again and again', async () => {
    const cassette = newCassette();
    const answers = ['red', 'red too', 'green'].map(
      (reason): Outcome => ({ kind: 'request_retry', reason }),
    );
    // An epoch whose role threw has no answer; in a replay, it does not exist.
    const epochs = [1, 2, 4];
    for (const [i, epoch] of epochs.entries()) {
      const role = roleOf(ROLE, () => answers[i] as Outcome);
      const recording = recordingRole(role, openCassette(cassette.path));
      await recording.perform(assignmentOf({ epoch }), contextOf());
    }
    const replay = (epoch: number) =>
      replayingRole(ROLE, openCassette(cassette.path)).perform(
        assignmentOf({ epoch }),
        contextOf(),
      );
    // A new process does not know what it answered before.
    for (const [i, epoch] of [1, 2, 3, 4, 9].entries()) {
      const expected = answers[Math.min(i, 2)];
      expect(await replay(epoch)).toEqual(expected);
      expect(await replay(epoch)).toEqual(expected);
    }
  });

  it('may be a question, and after it what was made of its answer', async () => {
    const cassette = newCassette();
    const ask: Outcome = { kind: 'ask', questions: [{ text: 'Which colour?' }] };
    const answered = { question: 'Which colour?', answer: 'red', answeredBy: 'ada' };
    const role = roleOf(ROLE, ({ answers }) => (answers.length === 0 ? ask : advance));
    const recording = recordingRole(role, cassette);
    const asked = [assignmentOf(), assignmentOf({ answers: [answered] })];
    for (const one of asked) await recording.perform(one, contextOf());
    const replay = replayingRole(ROLE, openCassette(cassette.path));
    expect(await replay.perform(asked[0] as never, contextOf())).toEqual(ask);
    expect(await replay.perform(asked[1] as never, contextOf())).toEqual(advance);
  });

  it('is forgotten, with all that came after it, when a build is recorded anew', async () => {
    const cassette = newCassette();
    const record = async (reason: string, epoch: number) => {
      const role = roleOf(ROLE, () => ({ kind: 'request_retry', reason }));
      await recordingRole(role, cassette).perform(assignmentOf({ epoch }), contextOf());
    };
    await record('old', 1);
    await record('old too', 2);
    await record('new', 1);
    const replay = replayingRole(ROLE, openCassette(cassette.path));
    for (const epoch of [1, 2]) {
      const outcome = await replay.perform(assignmentOf({ epoch }), contextOf());
      expect(outcome).toMatchObject({ reason: 'new' });
    }
  });

  it('is the answer alone: what a role throws passes through and is not recorded', async () => {
    const cassette = newCassette();
    const boom = new BatonError('unavailable', 'boom');
    const role = roleOf(ROLE, () => {
      throw boom;
    });
    const recording = recordingRole(role, cassette).perform(assignmentOf(), contextOf());
    expect(await failure(recording)).toBe(boom);
    expect((await failure(cassette.entries())).message).toContain('there is no cassette');
  });

  it('is no answer that the runner would refuse', async () => {
    const cassette = newCassette();
    const outcome = { kind: 'win' } as unknown as Outcome;
    const role = recordingRole(
      roleOf(ROLE, () => outcome),
      cassette,
    );
    expect(await role.perform(assignmentOf(), contextOf())).toBe(outcome);
    expect((await failure(cassette.entries())).message).toContain('there is no cassette');
  });
});

it('a role that is recorded is the same mind, with the same reserve', () => {
  const principal = { models: ['anthropic:claude-x'], modelFamilies: ['claude'] };
  const role = { ...roleOf(ROLE, () => advance), principal, reserve: { tokens: 7 } };
  expect(recordingRole(role, newCassette())).toMatchObject({ principal, reserve: { tokens: 7 } });
  const unknown = roleOf(ROLE, () => advance);
  expect(recordingRole(unknown, newCassette()).principal).toBeUndefined();
});

describe('a replay', () => {
  it('is refused when there are file changes but no workspace to make them in', async () => {
    const { cassette } = await record({ a: '1' }, (space) => space.write('a', '2'));
    const checkpoint = await folderWorkspace({ a: '1' }).checkpoint('entry');
    const error = await failure(
      replayingRole(ROLE, cassette).perform(assignmentOf({ checkpoint }), contextOf()),
    );
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error.message).toContain('no workspace');
  });

  it('changes nothing once the assignment is cancelled', async () => {
    const { cassette } = await record({ a: '1' }, (space) => space.write('a', '2'));
    const workspace = folderWorkspace({ a: '1' });
    const context = contextOf(workspace, AbortSignal.abort());
    const error = await failure(replayingRole(ROLE, cassette).perform(assignmentOf(), context));
    expect(error.code).toBe('cancelled');
    expect(workspace.read('a')).toBe('1');
  });

  it('never writes outside of the workspace, whatever the file says', async () => {
    const { cassette } = await record({ a: '1' }, (space) => space.write('a', '2'));
    const text = readFileSync(cassette.path, 'utf8').replace('"a": {', '"../a": {');
    writeFileSync(cassette.path, text);
    const error = await failure(
      replayingRole(ROLE, openCassette(cassette.path)).perform(
        assignmentOf(),
        contextOf(folderWorkspace({ a: '1' })),
      ),
    );
    expect(error.message).toContain('"../a" is refused');
  });
});
