import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '@baton/core';
import { maskedRole } from '@baton/core/internal';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../secrets/create-redactor.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { failure } from '../testing/failure.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf, roleOf } from '../testing/perform.ts';
import { openCassette } from './cassette.ts';
import { recordingRole } from './recording-role.ts';
import { replayingRole } from './replaying-role.ts';

const ROLE = 'code_writer';
const SECRET = 'hunter22';
const FOREIGN = 'pässwört-1';
const redact = createRedactor({ values: [SECRET, FOREIGN] });
const newCassette = () => openCassette(join(temporaryFolder(), 'cassette.json'));

/** An assignment with a secret in every place. */
const assignment = assignmentOf({
  requirements: { request: `use ${SECRET}`, [SECRET]: 1 },
  answers: [{ question: 'Which key?', answer: SECRET, answeredBy: 'ada' }],
});
const said: Outcome = { kind: 'advance', result: { summary: `used ${SECRET}`, changedFiles: [] } };

describe('a secret in a recorded', () => {
  it('assignment and outcome is masked, and the cassette can be read and replayed', async () => {
    const { path } = newCassette();
    const role = roleOf(ROLE, () => said);
    const recording = maskedRole(recordingRole(role, openCassette(path)), redact);
    const outcome = await recording.perform(assignment, contextOf());
    expect(JSON.stringify([role.asked, outcome])).not.toContain(SECRET);
    expect(readFileSync(path, 'utf8')).not.toContain(SECRET);
    const replay = maskedRole(replayingRole(ROLE, openCassette(path)), redact);
    expect(await replay.perform(assignment, contextOf())).toEqual({
      kind: 'advance',
      result: { summary: 'used [secret]', changedFiles: [] },
    });
  });

  it.each<[string, string, string | Buffer]>([
    ['file', 'fixture.json', `{"key":"${SECRET}"}`],
    ['binary file', 'data.bin', Buffer.from(`\xff\x00${SECRET}`, 'latin1')],
    ['binary file, as UTF-8,', 'data.bin', Buffer.from([0xff, 0xfe, ...Buffer.from(FOREIGN)])],
    ['binary file, as Latin-1,', 'data.bin', Buffer.from(FOREIGN, 'latin1')],
    ['binary file, as UTF-16,', 'data.bin', Buffer.from(`\ufeff${FOREIGN}`, 'utf16le')],
    ['file name', `${SECRET}.txt`, 'x'],
  ])('%s is refused: masked, it would replay as another', async (_, file, content) => {
    const { path } = newCassette();
    const workspace = folderWorkspace();
    const role = roleOf(ROLE, () => {
      workspace.write('other.txt', 'y');
      workspace.write(file, content);
      return said;
    });
    const recording = maskedRole(recordingRole(role, openCassette(path)), redact);
    const error = await failure(recording.perform(assignment, contextOf(workspace)));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain(`cannot record role 'code_writer' in state 'implementation'`);
    expect(error.message).toContain(redact(file));
    expect(error.message).not.toContain(SECRET);
    expect((await failure(openCassette(path).entries())).message).toContain('no cassette');
  });
});

it('files without a secret are recorded as they are', async () => {
  const { path } = newCassette();
  const workspace = folderWorkspace();
  const content = 'it stands for [secret]\n';
  const role = roleOf(ROLE, () => {
    workspace.write('a.txt', content);
    return said;
  });
  await maskedRole(recordingRole(role, openCassette(path)), redact).perform(
    assignmentOf(),
    contextOf(workspace),
  );
  const [entry] = await openCassette(path).entries();
  expect(entry?.files['a.txt']).toMatchObject({ content });
});
