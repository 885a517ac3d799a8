import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { configSchema } from '../config/config-schema.ts';
import { createBaselineMemory } from './baseline-memory.ts';

const NODE = ['node', '--test'];

function memory(
  folder: string,
  {
    test = {},
    install = NODE,
    path = '/bin',
    sandbox,
    name = 'bubblewrap',
    baseline,
  }: {
    test?: object;
    install?: string[];
    path?: string;
    sandbox?: object;
    name?: string;
    baseline?: object;
  },
) {
  const document = configSchema.parse({
    roles: {},
    commands: {
      install: { argv: install },
      test: { argv: NODE, ...test },
      verify: [{ name: 'lint', argv: ['true'] }],
    },
    sandbox,
    baseline,
  });
  const parts = { ...document, folder };
  return createBaselineMemory(join(folder, 'baselines'), parts, { PATH: path }, name);
}

function folderOfATest(): string {
  const folder = temporaryFolder();
  return folder;
}

it('remembers a baseline whatever has to be covered, which changes nothing that is run', () => {
  const folder = folderOfATest();
  const changed = { coverage: { minimum: 80, of: 'changed lines' } };
  memory(folder, { test: changed }).keep({ tree: 't', steps: [] }, 7);
  const known = { at: 7, tree: 't', steps: [] };
  expect(memory(folder, { test: { coverage: { of: 'all' } } }).recall('t')).toEqual(known);
  expect(memory(folder, {}).recall('t')).toEqual(known);
});

it.each<[string, Parameters<typeof memory>[1], string]>([
  ['files', {}, 'other'],
  ['reports', { test: { junit: '{reports}/other.xml' } }, 't'],
  ['coverage reports', { test: { coverage: '{reports}/other.info' } }, 't'],
  ['commands', { install: ['true'] }, 't'],
  ['programs', { path: '/opt/bin' }, 't'],
  ['sandboxes', { name: 'none' }, 't'],
  ['limits', { sandbox: { processes: 16 } }, 't'],
  ['folders that all commands are shown', { sandbox: { read: ['~/.rc'] } }, 't'],
  ['folders that one is shown', { test: { sandbox: { read: ['~/.rc'] } } }, 't'],
  ['rules for an installation that fails', { baseline: { failingInstall: 'tolerate' } }, 't'],
  ['networks', { test: { sandbox: { network: ['a.example'] } } }, 't'],
])('knows nothing of other %s', (_, other, tree) => {
  const folder = folderOfATest();
  memory(folder, {}).keep({ tree: 't', steps: [] }, 7);
  expect(memory(folder, other).recall(tree)).toBeUndefined();
});

it('knows nothing of what was forgotten, and forgets what it never knew', () => {
  const folder = folderOfATest();
  const { keep, forget, recall } = memory(folder, {});
  keep({ tree: 't', steps: [] }, 7);
  keep({ tree: 'other', steps: [] }, 7);
  forget('t');
  forget('t');
  expect([recall('t'), recall('other')?.at]).toEqual([undefined, 7]);
});

it('knows nothing of other programs that lie beside the configuration', () => {
  const folder = folderOfATest();
  const test = { argv: ['sh', '{config}/test.sh'] };
  writeFileSync(join(folder, 'test.sh'), 'exit 1');
  memory(folder, { test }).keep({ tree: 't', steps: [] }, 7);
  expect(memory(folder, { test }).recall('t')).toBeDefined();
  writeFileSync(join(folder, 'test.sh'), 'exit 0');
  expect(memory(folder, { test }).recall('t')).toBeUndefined();
});
