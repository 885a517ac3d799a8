import { expect, it } from 'vitest';
import type { Config } from '../config/load-config.ts';
import { wantedRoles } from './wanted-roles.ts';

const config = { path: '/c.json', roles: { q_assistant: { human: true } } } as unknown as Config;
const JUDGES = ['test_auditor', 'verification_overseer', 'release_manager'];

it('performs all that its configuration can perform, unless roles are named', () => {
  expect(wantedRoles(config, undefined)).toEqual(['q_assistant', ...JUDGES]);
  expect(wantedRoles(config, ['test_auditor', 'q_assistant'])).toEqual([
    'q_assistant',
    'test_auditor',
  ]);
});

it.each([
  [['code_writer'], "found 'code_writer'"],
  [['q_assistant', 'writer', 'tester'], "found 'writer', 'tester'"],
  [[], 'found none'],
])('refuses what it cannot perform, with what it can: %s', (named, words) => {
  expect(() => wantedRoles(config, named)).toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      legal: ['q_assistant', ...JUDGES],
      message: expect.stringContaining(words),
    }),
  );
});
