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

it.each([
  ...['/package.json', 'test/acceptance/', '.github/', '.*rc', '...', '*.test.*', '!keep/.env'],
])('a pattern of .gitignore is fine: %s', (pattern) => {
  expect(said(pattern)).toBeUndefined();
});
