import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptedServer } from '../../packages/adapters/src/roles/llm/testing/scripted-server.ts';
import { batonAlone as baton, createProject, documents, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';
const NO_ROLE = 'no role may change acceptance/, *.yml: put them back as they were';

/** Does its work well, claims all of it, and eases the acceptance test. */
const CHEAT = `
import { writeFileSync } from 'node:fs';
export async function perform({ state }, { workspace }) {
  if (state !== CHEATS_IN) return { kind: 'fail', reason: state };
  writeFileSync(workspace.path + '/acceptance/greets.txt', 'anything');
  writeFileSync(workspace.path + '/new.yml', 'anything');
  const changedFiles = ['acceptance/greets.txt', 'new.yml'];
  const plan = { steps: ['x'], testingStrategy: 'x', risks: [] };
  return { kind: 'advance', result: { summary: 'x', requirements: ['x'], changedFiles, ...plan } };
}
`;
const PROGRAM = `
import { text } from 'node:stream/consumers';
import { perform } from './cheat.mjs';
const assignment = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await perform(assignment, { workspace: { path: process.cwd() } })));
`;

/** Does its work well, and claims a script that works at installing. */
const sly = (script: string): string => `
import { writeFileSync } from 'node:fs';
export async function perform(_, { workspace }) {
  writeFileSync(workspace.path + '/greeting.txt', 'hello\\n');
  writeFileSync(workspace.path + '/setup.sh', ${JSON.stringify(script)});
  const result = { summary: 'x', changedFiles: ['greeting.txt', 'setup.sh'] };
  return { kind: 'advance', result };
}
`;
const INSTALL = { argv: ['sh', '-c', 'test ! -f setup.sh || sh setup.sh'] };

function createCheat(cheatsIn: string) {
  const project = createProject();
  const { repo, folder, git, configure } = project;
  mkdirSync(join(repo, 'acceptance'));
  writeFileSync(join(repo, 'acceptance', 'greets.txt'), 'hello\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Say what is accepted');
  writeFileSync(join(folder, 'cheat.mjs'), CHEAT.replace('CHEATS_IN', JSON.stringify(cheatsIn)));
  writeFileSync(join(folder, 'cheat-command.mjs'), PROGRAM);
  configure((config) => {
    config.workspace = { protected: ['acceptance/', '*.yml'] };
  });
  return project;
}

describe.concurrent('a role that changes protected files', TIMEOUT, () => {
  it.each([
    [
      'a program',
      'code_writer',
      'implementation',
      { command: ['node', '{config}/cheat-command.mjs'] },
    ],
    ['a module', 'code_writer', 'implementation', { module: './cheat.mjs' }],
    ['a module that plans', 'q_assistant', 'discovery', { module: './cheat.mjs' }],
  ])('goes no further, whatever it claims: %s', async (_, role, state, entry) => {
    const { options, configure, lines } = createCheat(state);
    configure((config) => {
      config.roles[role] = entry;
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(6);
    const { summary } = documents(stdout).at(-1);
    expect(summary.failure).toMatchObject({
      state,
      message: expect.stringContaining('was refused 3 times'),
    });
    const message = `protected files are changed: acceptance/greets.txt, new.yml; ${NO_ROLE}`;
    expect(summary.notes).toContainEqual({ phase: state, code: 'claim_refused', message });
    expect(lines('deployed.log')).toEqual([]);
  });

  it('goes no further when the command that installs does it for them', async () => {
    const { options, folder, configure, lines } = createCheat('');
    writeFileSync(join(folder, 'sly.mjs'), sly('echo anything > acceptance/greets.txt'));
    configure((config) => {
      config.roles.code_writer = { module: './sly.mjs' };
      config.commands.install = INSTALL;
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(6);
    const { summary } = documents(stdout).at(-1);
    const violation = `protected files are changed: acceptance/greets.txt; ${NO_ROLE}`;
    const reason = expect.stringContaining(violation);
    expect(summary.waysBack[0]).toMatchObject({ from: 'testing', to: 'implementation', reason });
    expect(summary.notes.slice(0, 2)).toEqual([
      {
        phase: 'testing',
        code: 'install_changed_files',
        message: 'the command that installs changed files: acceptance/greets.txt',
      },
      {
        phase: 'testing',
        code: 'files_sent_back',
        message:
          "the work goes back with files that were changed in 'testing': acceptance/greets.txt",
      },
    ]);
    expect(summary.failure.message).toContain(violation);
    expect(lines('deployed.log')).toEqual([]);
  });

  it('is named when the command that installs changes others', async () => {
    const { options, folder, configure } = createCheat('');
    writeFileSync(join(folder, 'sly.mjs'), sly('echo x > lock.txt'));
    configure((config) => {
      config.roles.code_writer = { module: './sly.mjs' };
      config.commands.install = INSTALL;
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(0);
    const message = 'the command that installs changed files: lock.txt';
    const note = { phase: 'testing', code: 'install_changed_files', message };
    expect(documents(stdout).at(-1).summary.notes).toContainEqual(note);
  });

  it('and patterns that cannot be meant are refused before a build begins', async () => {
    const { options, configure } = createProject();
    configure((config) => {
      config.workspace = { protected: ['# ci', 'a\nb', '!/', 'ok/'], ignored: [' x', ''] };
    });
    const { code, stderr } = await baton(['run', REQUEST, ...options]);
    expect(code).toBe(2);
    for (const [field, problem] of [
      ['protected[0]', 'which is a comment'],
      ['protected[1]', 'which is more than a line'],
      ['protected[2]', 'which matches nothing'],
      ['ignored[0]', 'which has spaces around it'],
      ['ignored[1]', 'which matches nothing'],
    ]) {
      expect(stderr).toMatch(
        new RegExp(`workspace.${field?.replace(/\W/g, '.')}: found .*${problem}`),
      );
    }
    expect(stderr).not.toContain('protected[3]');
  });
});

it('a model that changes protected files is corrected', TIMEOUT, async () => {
  const { options, configure } = createCheat('');
  const write = (path: string, content: string) => ({
    calls: [{ name: 'write', input: { path, content } }],
  });
  const advance = (...changedFiles: string[]) => ({
    calls: [{ name: 'advance', input: { summary: 'x', changedFiles } }],
  });
  const server = await scriptedServer('openai-compatible', [
    write('greeting.txt', 'hello\n'),
    write('acceptance/greets.txt', 'anything'),
    advance('greeting.txt', 'acceptance/greets.txt'),
    write('acceptance/greets.txt', 'hello\n'),
    advance('greeting.txt'),
  ]);
  configure((config) => {
    const { baseURL: baseUrl } = server;
    config.models = { local: { provider: 'openai-compatible', model: 'qwen-coder', baseUrl } };
    config.roles.code_writer = { model: 'local' };
  });
  const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
  expect(code).toBe(0);
  const { summary } = documents(stdout).at(-1);
  const message = `protected files are changed: acceptance/greets.txt; ${NO_ROLE}`;
  expect(summary.notes).toContainEqual({ phase: 'implementation', code: 'claim_refused', message });
});

/** Writes what it does not claim, and an ignore file to hide it. */
const HIDER = `
import { mkdirSync, writeFileSync } from 'node:fs';
export async function perform({ feedback }, { workspace }) {
  const at = (name) => workspace.path + '/' + name;
  mkdirSync(at('modules'), { recursive: true });
  writeFileSync(at('modules/left-behind.js'), 'x');
  writeFileSync(at('greeting.txt'), 'hello\\n');
  writeFileSync(at('hidden.js'), 'x');
  writeFileSync(at('.gitignore'), '.gitignore\\nhidden.js\\n!modules/\\n');
  const all = ['.gitignore', 'greeting.txt', 'hidden.js'];
  const changedFiles = feedback === undefined ? ['greeting.txt'] : all;
  return { kind: 'advance', result: { summary: 'x', changedFiles } };
}
`;

it(
  'an ignore file that a role writes hides nothing; the config says what is ignored',
  TIMEOUT,
  async () => {
    const { options, folder, configure, git } = createProject();
    writeFileSync(join(folder, 'hider.mjs'), HIDER);
    configure((config) => {
      config.roles.code_writer = { module: './hider.mjs' };
      config.workspace = { ignored: ['modules/'] };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(0);
    const { summary } = documents(stdout).at(-1);
    const message = 'changedFiles leaves out files that were changed: .gitignore, hidden.js';
    expect(summary.notes).toContainEqual({
      phase: 'implementation',
      code: 'claim_refused',
      message,
    });
    const names = git('ls-tree', '-r', '--name-only', summary.checkpoint.commit).trim().split('\n');
    expect(names).toEqual(['.gitignore', 'greeting.txt', 'hidden.js', 'readme.md']);
  },
);
