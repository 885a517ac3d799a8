import { expect, it } from 'vitest';
import { workspaceSchema } from './workspace-schema.ts';

const said = (pattern: string): string | undefined =>
  workspaceSchema.safeParse({ protected: [pattern] }).error?.issues[0]?.message;

it.each([
  ['./test/acceptance/', '"/test/acceptance/"'],
  ['./*.yml', '"/*.yml"'],
  ['!./ci.yml', '"!/ci.yml"'],
  ['/./ci.yml', '"/ci.yml"'],
  ['test/./acceptance', '"/test/acceptance"'],
  ['test/../ci.yml', '"/ci.yml"'],
  ['../ci.yml', 'one pattern as a line of .gitignore has it'],
  ['..', 'one pattern as a line of .gitignore has it'],
  ['./', 'one pattern as a line of .gitignore has it'],
])('a pattern with steps is refused with what is meant: %s', (pattern, expected) => {
  expect(said(pattern)).toBe(
    `found ${JSON.stringify(pattern)}, which matches nothing, for it has the steps ./ or ../; expected ${expected}`,
  );
});

const saidOfRemote = (remote: string): string | undefined =>
  workspaceSchema.safeParse({ remote }).error?.issues[0]?.message;

it.each([
  ['ext::sh -c true', "found the transport 'ext', expected "],
  ['--upload-pack=true', 'found an option of git, expected '],
  ['shop.git', 'found neither, expected '],
  ['https://ada:hunter2@git.example.com/shop.git', 'found a user name or password in the URL'],
])('a remote is refused as %s', (remote, expected) => {
  expect(saidOfRemote(remote)).toContain(expected);
  expect(saidOfRemote(remote)).not.toContain('hunter2');
});

it.each(['./shop.git', '../shop.git', '~/shop.git', '/srv/shop.git', 'git@host:shop.git'])(
  'a remote may be %s',
  (remote) => {
    expect(saidOfRemote(remote)).toBeUndefined();
  },
);

it.each([
  ...['/package.json', 'test/acceptance/', '.github/', '.*rc', '...', '*.test.*', '!keep/.env'],
])('a pattern of .gitignore is fine: %s', (pattern) => {
  expect(said(pattern)).toBeUndefined();
});
