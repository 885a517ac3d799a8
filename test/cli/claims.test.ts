import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';
const VIOLATIONS = [
  'changedFiles claims files that are not changed: never-touched.ts',
  'changedFiles leaves out files that were changed: really-written.txt',
];

/** Writes one file and claims another, and writes down what it was told about that. */
const LIAR = `
import { appendFileSync, writeFileSync } from 'node:fs';
export async function perform({ feedback }, { workspace }) {
  appendFileSync(new URL('told.log', import.meta.url), (feedback?.reason ?? 'nothing') + '\\n');
  writeFileSync(workspace.path + '/really-written.txt', 'x');
  return { kind: 'advance', result: { summary: 'done', changedFiles: ['never-touched.ts'] } };
}
`;
const PROGRAM = `
import { text } from 'node:stream/consumers';
import { perform } from './liar.mjs';
const assignment = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await perform(assignment, { workspace: { path: process.cwd() } })));
`;

describe.concurrent('a code writer that claims what it did not do', TIMEOUT, () => {
  it.each([
    ['a program', { command: ['node', '{config}/liar-command.mjs'] }],
    ['a module', { module: './liar.mjs' }],
  ])('is told so, and goes no further: %s', async (_what, entry) => {
    const { options, folder, lines, configure } = createProject();
    writeFileSync(join(folder, 'liar.mjs'), LIAR);
    writeFileSync(join(folder, 'liar-command.mjs'), PROGRAM);
    configure((config) => {
      config.roles.code_writer = entry;
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(6);
    const refused = `the answer was refused: ${VIOLATIONS.join('; ')}`;
    expect(lines('told.log')).toEqual(['nothing', refused, refused]);
    const { summary } = documents(stdout).at(-1);
    expect(summary).toMatchObject({ complete: false, state: 'error' });
    expect(summary.failure).toMatchObject({
      message: expect.stringContaining('was refused 3 times'),
    });
    const notes = summary.notes.map(({ message }: { message: string }) => message);
    expect(notes).toEqual([...VIOLATIONS, ...VIOLATIONS, ...VIOLATIONS]);
    expect(lines('deployed.log')).toEqual([]);
  });

  it('is told so when it plans, and claims nothing at all', async () => {
    const { options, folder, lines, configure } = createProject();
    const plants = LIAR.replace('feedback }', 'state, feedback }').replace(
      "{ summary: 'done', changedFiles: ['never-touched.ts'] }",
      "state === 'discovery' ? { summary: 'x', requirements: ['x'] } : { steps: ['x'], testingStrategy: 'x', risks: [] }",
    );
    writeFileSync(
      join(folder, 'planter.mjs'),
      plants.replace('writeFileSync(w', "if (state === 'planning') writeFileSync(w"),
    );
    configure((config) => {
      config.roles.q_assistant = { module: './planter.mjs' };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(6);
    const { summary } = documents(stdout).at(-1);
    expect(summary.failure.message).toContain(
      "files were changed in 'planning', which claims none: really-written.txt",
    );
    expect(lines('told.log')).toHaveLength(4);
  });

  it('is told so when a cassette answers for it', async () => {
    const { options, folder, read, configure } = createProject();
    const cassette = join(folder, 'greeting.cassette.json');
    expect((await baton(['run', REQUEST, ...options, '--record', cassette])).code).toBe(0);
    writeFileSync(
      cassette,
      read('greeting.cassette.json').replace(
        /"changedFiles":\s*\[\s*"greeting.txt"\s*\]/g,
        '"changedFiles": ["never-touched.ts"]',
      ),
    );
    configure((config) => {
      config.roles = {};
    });
    const replay = ['run', REQUEST, ...options, '--replay', cassette, '--new', '--json'];
    const { code, stdout } = await baton(replay);
    expect(code).toBe(6);
    const { summary } = documents(stdout).at(-1);
    expect(summary.notes[0]).toMatchObject({ code: 'claim_refused', message: VIOLATIONS[0] });
  });
});
